package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.TokenSession;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;

/// What a use of the HSM vault asks of its token, in a plain loop in one session, with nothing
/// around it.
public final class MeasuredToken implements AutoCloseable {
    private static final int ID_SIZE = 16;

    private final HsmConfig config;
    private final Hsm hsm;
    private final SecureRandom random = new SecureRandom();
    private final Map<Kind, Key> keys = new HashMap<>();

    /// Which key of a token.
    ///
    /// @param wrapped whether it comes back from its blob for each use
    public record Kind(KeyAlgorithm algorithm, boolean wrapped) {}

    /// A key for others to use.
    ///
    /// @param what CKA_ID, or the blob
    /// @param spki public half, DER
    public record Key(Bytes what, Bytes spki) {}

    private MeasuredToken(HsmConfig config, Hsm hsm) {
        this.config = config;
        this.hsm = hsm;
    }

    public static MeasuredToken open(HsmConfig config) throws Refused, GeneralSecurityException {
        var wrapping = KnownKey.read(config.wrappingKey());
        return new MeasuredToken(config, Hsm.load(config, Vaults.readPin(config), wrapping));
    }

    /// CKA_ID of the wrapping key, in hexadecimal.
    public String wrappingId() throws GeneralSecurityException {
        return hsm.with((_, token) -> token.wrappingId());
    }

    /// The number of the mechanism that wraps.
    public long mechanism() {
        return TokenKeys.ckm(config.mechanism());
    }

    /// Makes a key as the vault does.
    public Key make(Kind kind) throws GeneralSecurityException {
        var id = new byte[ID_SIZE];
        random.nextBytes(id);
        var lasting =
                Template.empty()
                        .with(Cryptoki.CKA_TOKEN, !kind.wrapped())
                        .with(Cryptoki.CKA_EXTRACTABLE, kind.wrapped())
                        .with(Cryptoki.CKA_ID, id);
        var key =
                hsm.with(
                        (session, token) -> {
                            if (!kind.wrapped()) {
                                var made =
                                        TokenKeyPairs.generate(session, kind.algorithm(), lasting);
                                return new Key(Bytes.of(id), made.spki());
                            }
                            var made =
                                    TokenKeyPairs.generate(
                                            session,
                                            kind.algorithm(),
                                            lasting.with(Cryptoki.CKA_WRAP_WITH_TRUSTED, true));
                            long wrapping = token.wrapping(token.wrappingId());
                            var blob =
                                    session.wrap(
                                            Mechanism.of(mechanism()), wrapping, made.privateKey());
                            session.destroy(made.privateKey());
                            return new Key(Bytes.of(blob), made.spki());
                        });
        keys.put(kind, key);
        return key;
    }

    /// Does so often what a use of the vault does: a resident key signs some digests, a wrapped one
    /// is unwrapped, signs them and is destroyed.
    ///
    /// @param verified whether each signature is checked with the public key, as in the vault
    public void loop(Kind kind, boolean verified, int digests, int count)
            throws GeneralSecurityException {
        var key = keys.get(kind);
        if (key == null) {
            throw new IllegalStateException("no such key was made: " + kind);
        }
        hsm.making(
                (session, token) -> {
                    loop(session, token, kind, key, verified, digests, count);
                    return count;
                });
    }

    private void loop(
            TokenSession session,
            TokenKeys token,
            Kind kind,
            Key key,
            boolean verified,
            int digests,
            int count)
            throws GeneralSecurityException {
        var algorithm = kind.algorithm();
        var publicKey = VerifyingKey.of(PublicKeys.parse(algorithm, key.spki()));
        var how = SignatureScheme.of(Scheme.plain(algorithm.family(), HashAlgorithm.SHA256));
        long wrapping = kind.wrapped() ? token.wrapping(token.wrappingId()) : 0;
        var digest = new byte[HashAlgorithm.SHA256.length()];
        for (int i = 0; i < count; i++) {
            long handle =
                    kind.wrapped()
                            ? session.unwrap(
                                    Mechanism.of(mechanism()),
                                    wrapping,
                                    key.what().toArray(),
                                    TokenKeyPairs.unwrapped(algorithm))
                            : token.resident(session, key.what());
            var signing = new TokenSigning(session, handle, algorithm, publicKey);
            for (int j = 0; j < digests; j++) {
                digest[(i + j) % digest.length]++;
                if (verified) {
                    var _ = signing.sign(how, Bytes.of(digest));
                } else {
                    plain(session, handle, algorithm, digest);
                }
            }
            if (kind.wrapped()) {
                session.destroy(handle);
            }
        }
    }

    private static void plain(
            TokenSession session, long handle, KeyAlgorithm algorithm, byte[] digest)
            throws Pkcs11Failure {
        var _ =
                switch (algorithm.family()) {
                    case EC -> session.sign(Mechanism.of(Cryptoki.CKM_ECDSA), handle, digest);
                    case RSA ->
                            session.sign(
                                    Mechanism.of(Cryptoki.CKM_RSA_PKCS),
                                    handle,
                                    Bytes.concat(
                                                    HashAlgorithm.SHA256.digestInfoPrefix(),
                                                    Bytes.of(digest))
                                            .toArray());
                };
    }

    @Override
    public void close() {
        hsm.close();
    }
}
