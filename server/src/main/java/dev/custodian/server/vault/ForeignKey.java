package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// A private key that was made elsewhere, with its certificate, in a PKCS#12 file (RFC 7292). It
/// stays encrypted until a vault takes it.
public final class ForeignKey implements AutoCloseable {
    private static final int LARGEST = 1 << 20;
    private static final Bytes TRIED = Hashes.sha256(Bytes.utf8("custodian import"));

    private final KeyStore file;
    private final String alias;
    private final char[] password;
    private final KeyAlgorithm algorithm;
    private final List<X509Certificate> chain;

    private ForeignKey(
            KeyStore file,
            String alias,
            char[] password,
            KeyAlgorithm algorithm,
            List<X509Certificate> chain) {
        this.file = file;
        this.alias = alias;
        this.password = password;
        this.algorithm = algorithm;
        this.chain = chain;
    }

    /// Reads a file that holds one key of a kind that is signed with, and its certificate.
    ///
    /// @param password of the file, in UTF-8
    public static ForeignKey read(Path file, Secret password) throws Refused {
        var text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(password.expose()));
        var characters = new char[text.length()];
        text.get(characters);
        Arrays.fill(text.array(), '\0');
        try {
            return read(file, characters);
        } catch (Refused e) {
            Arrays.fill(characters, '\0');
            throw e;
        }
    }

    private static ForeignKey read(Path file, char[] password) throws Refused {
        try {
            var store = load(file, password);
            var aliases = new ArrayList<String>();
            for (var alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    aliases.add(alias);
                }
            }
            if (aliases.size() != 1) {
                throw unusable(
                        file,
                        aliases.isEmpty()
                                ? "holds no private key"
                                : "holds " + aliases.size() + " keys; only one can be imported");
            }
            var alias = aliases.getFirst();
            var chain = new ArrayList<X509Certificate>();
            var found = store.getCertificateChain(alias);
            if (found != null) {
                for (var one : found) {
                    chain.add((X509Certificate) one);
                }
            }
            if (chain.isEmpty()) {
                throw unusable(file, "holds no certificate of its key");
            }
            var algorithm = PublicKeys.algorithm(chain.getFirst().getPublicKey());
            if (algorithm == null) {
                throw unusable(
                        file,
                        "holds a key that is not one of "
                                + Arrays.stream(KeyAlgorithm.values())
                                        .map(KeyAlgorithm::display)
                                        .toList());
            }
            return new ForeignKey(store, alias, password, algorithm, List.copyOf(chain));
        } catch (GeneralSecurityException e) {
            throw unusable(file, "is no PKCS#12 file that can be read");
        }
    }

    private static KeyStore load(Path file, char[] password)
            throws GeneralSecurityException, Refused {
        try {
            if (Files.size(file) > LARGEST) {
                throw unusable(file, "is too large");
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.FILE_UNREADABLE, "The file is " + file + ".");
        }
        try (var in = Files.newInputStream(file)) {
            var store = KeyStore.getInstance("PKCS12");
            store.load(in, password);
            return store;
        } catch (IOException e) {
            throw unusable(
                    file,
                    e.getCause() instanceof UnrecoverableKeyException
                            ? "has another password"
                            : "is no PKCS#12 file that can be read");
        }
    }

    private static Refused unusable(Path file, String why) {
        return new Refused(FailureKind.USAGE, file + " " + why + ".");
    }

    public KeyAlgorithm algorithm() {
        return algorithm;
    }

    /// The public key, in DER.
    public Bytes spki() {
        return Bytes.of(chain.getFirst().getPublicKey().getEncoded());
    }

    /// The certificates in the file, the key's own first.
    public List<X509Certificate> chain() {
        return chain;
    }

    /// The key itself, once it is known to be its certificate's.
    PrivateKey open(PrivateKeys keys) throws Refused {
        try {
            if (file.getKey(alias, password) instanceof PrivateKey key && isOurs(keys, key)) {
                return key;
            }
        } catch (UnrecoverableKeyException e) {
            throw new Refused(FailureKind.USAGE, "The key in the file has another password.");
        } catch (GeneralSecurityException e) {
            // a key of another kind
        }
        throw new Refused(FailureKind.USAGE, "The key in the file is not its certificate's.");
    }

    private boolean isOurs(PrivateKeys keys, PrivateKey key) throws GeneralSecurityException {
        var how = SignatureScheme.of(Scheme.plain(algorithm.family(), HashAlgorithm.SHA256));
        var signature = keys.sign(key, how, TRIED);
        return PublicKeys.verifies(chain.getFirst().getPublicKey(), how, TRIED, signature);
    }

    /// Forgets the password.
    @Override
    public void close() {
        Arrays.fill(password, '\0');
    }
}
