package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A loaded object. It takes one of the few places that a TPM has: to be closed soon.
public final class TpmKey implements AutoCloseable {
    private static final int TAG_HASHCHECK = 0x8024;
    private static final int LONGEST_SIGNATURE = 512;
    private static final int LONGEST_PRIVATE = 2048;

    private final TpmStorage storage;
    private final Command.Entity entity;
    private final TpmPublic area;

    TpmKey(TpmStorage storage, Command.Entity entity, TpmPublic area) {
        this.storage = storage;
        this.entity = entity;
        this.area = area;
    }

    public TpmPublic area() {
        return area;
    }

    /// Whether the TPM still has it loaded: it forgets all when its power goes, and the connection
    /// may outlast that. Costs no try of a PIN.
    public boolean isLoaded() throws IOException {
        var there = storage.tpm().readPublic(entity.handle());
        return there != null && there.name().equals(entity.name());
    }

    /// Signs a digest (Part 3 §20.2).
    ///
    /// @param pin null when the key has none
    /// @return ECDSA as `r | s`, each as long as the field; RSA as long as the modulus. PSS has a
    ///   salt of the TPM's own choice, see [#saltLength]
    public Bytes sign(Scheme scheme, Bytes digest, @Nullable Secret pin) throws IOException {
        if (digest.size() != scheme.hash().length()) {
            throw new IllegalArgumentException("a digest of another hash");
        }
        int algorithm =
                switch (scheme.family()) {
                    case EC -> Alg.ECDSA;
                    case RSA -> scheme.isPss() ? Alg.RSAPSS : Alg.RSASSA;
                };
        int hash = Alg.of(scheme.hash());
        var parameters =
                new TpmWriter()
                        .sized(digest)
                        .u16(algorithm)
                        .u16(hash)
                        .u16(TAG_HASHCHECK)
                        .u32(Alg.NO_HIERARCHY)
                        .u16(0);
        var command = Command.of(CommandCode.SIGN, parameters, entity);
        Command.Parser<Bytes> parser =
                (_, in) -> {
                    in.require(in.u16("scheme") == algorithm, "another scheme");
                    in.require(in.u16("hash") == hash, "another hash");
                    return signature(in);
                };
        if (pin == null) {
            return storage.tpm().run(command, new Authorization.NoSecret(), parser);
        }
        try (var session = storage.session(pin, 0)) {
            return storage.tpm().run(command, session, parser);
        }
    }

    private Bytes signature(TpmReader in) throws MalformedException {
        int octets = (area.algorithm().bits() + 7) / 8;
        if (area.algorithm().family() == KeyAlgorithm.Family.RSA) {
            var signature = in.sized("signature", LONGEST_SIGNATURE);
            in.require(signature.size() == octets, "a signature of another length");
            return signature;
        }
        return Bytes.concat(number(in, "r", octets), number(in, "s", octets));
    }

    /// Older chips strip zeros in front.
    private static Bytes number(TpmReader in, String what, int octets) throws MalformedException {
        var number = TpmPublic.number(in.sized(what, octets));
        in.require(number.signum() > 0, "a signature of zero");
        return Bytes.of(TpmPublic.fixed(number, octets));
    }

    /// How long the salt is that this TPM puts into PSS with this hash: as long as the hash, or all
    /// that fits (Part 1 Annex B.7 left it to the maker). Makes one signature to see it: to be
    /// asked once and remembered.
    ///
    /// @param pin null when the key has none
    /// @throws TpmException when it is neither
    public int saltLength(HashAlgorithm hash, @Nullable Secret pin) throws IOException {
        var probe = "which salt".getBytes(StandardCharsets.US_ASCII);
        var signature = sign(Scheme.pss(hash), Bytes.of(Kdf.hash(hash, probe)), pin).toArray();
        try {
            var publicKey = area.publicKey();
            for (int salt : new int[] {hash.length(), signature.length - hash.length() - 2}) {
                if (verifies(publicKey, hash, salt, probe, signature)) {
                    return salt;
                }
            }
        } catch (MalformedException | GeneralSecurityException e) {
            throw TpmException.malformed(CommandCode.SIGN, "a key or signature of no use");
        }
        throw TpmException.malformed(CommandCode.SIGN, "a PSS salt of no known length");
    }

    private static boolean verifies(
            PublicKey key, HashAlgorithm hash, int salt, byte[] message, byte[] signature)
            throws GeneralSecurityException {
        var verifier = Signature.getInstance("RSASSA-PSS");
        verifier.setParameter(
                new PSSParameterSpec(
                        hash.jca(), "MGF1", new MGF1ParameterSpec(hash.jca()), salt, 1));
        verifier.initVerify(key);
        verifier.update(message);
        return verifier.verify(signature);
    }

    /// Has it certified by another key (Part 3 §18.2).
    ///
    /// @param by a loaded key with a scheme of its own and no authValue
    /// @param extra what the statement is to say besides
    /// @param pin null when the key has none
    Answer certify(Command.Entity by, Bytes extra, @Nullable Secret pin) throws IOException {
        var command =
                Command.of(
                        CommandCode.CERTIFY,
                        new TpmWriter().sized(extra).u16(Alg.NULL),
                        entity,
                        by);
        Command.Parser<Answer> parser =
                (_, in) -> {
                    var attest = in.sized("attest", Answer.LONGEST_ATTEST);
                    in.require(in.left() <= Answer.LONGEST_SIGNATURE, "a signature too long");
                    return new Answer(attest, Bytes.of(in.array("signature", in.left())));
                };
        var none = new Authorization.NoSecret();
        if (pin == null) {
            return storage.tpm().runAll(command, List.of(none, none), parser);
        }
        try (var session = storage.session(pin, 0)) {
            return storage.tpm().runAll(command, List.of(session, none), parser);
        }
    }

    /// Part 3 §12.7, the answer encrypted.
    Secret unseal(@Nullable Secret pin) throws IOException {
        try (var session = storage.session(pin, TpmSession.ENCRYPT)) {
            return storage.tpm()
                    .run(
                            Command.of(CommandCode.UNSEAL, new TpmWriter(), entity),
                            session,
                            (_, in) -> in.secret("data", TpmStorage.LONGEST_SECRET));
        }
    }

    Bytes changeAuth(Command.Entity parent, Secret pin, Secret newPin) throws IOException {
        try (var session = storage.session(pin, TpmSession.DECRYPT)) {
            var parameters = new TpmWriter().sized(newPin.expose());
            return storage.tpm()
                    .run(
                            Command.of(CommandCode.OBJECT_CHANGE_AUTH, parameters, entity, parent),
                            session,
                            (_, in) -> in.sized("private", LONGEST_PRIVATE));
        }
    }

    /// Takes it out of the TPM.
    @Override
    public void close() throws IOException {
        storage.tpm().flush(entity.handle());
    }
}
