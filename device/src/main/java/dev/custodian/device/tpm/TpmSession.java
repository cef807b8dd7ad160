package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/// An HMAC session for one command, salted to the parent and bound to nothing (Part 1 §19.6): who
/// sees the bus learns neither PIN nor secret, and cannot change command or answer.
final class TpmSession implements Authorization, AutoCloseable {
    /// `continueSession` (Part 2 §8.4).
    static final int CONTINUE = 1;

    /// The first parameter of the command is encrypted.
    static final int DECRYPT = 0x20;

    /// The first parameter of the answer is encrypted.
    static final int ENCRYPT = 0x40;

    private static final HashAlgorithm HASH = HashAlgorithm.SHA256;
    private static final int NONCE = 32;
    private static final int LONGEST_NONCE = 64;
    private static final int HMAC_SESSION = 0;

    private final Tpm tpm;
    private final int handle;
    private final byte[] sessionKey;
    private final byte[] hmacKey;
    private final int attributes;
    private final byte[] nonceCaller = new byte[NONCE];
    private byte[] nonceTpm;
    private boolean ended;

    private TpmSession(
            Tpm tpm,
            int handle,
            byte[] sessionKey,
            byte[] hmacKey,
            int attributes,
            byte[] nonceTpm) {
        this.tpm = tpm;
        this.handle = handle;
        this.sessionKey = sessionKey;
        this.hmacKey = hmacKey;
        this.attributes = attributes;
        this.nonceTpm = nonceTpm;
    }

    /// Starts one (Part 3 §11.1) for an entity.
    ///
    /// @param authValue the entity's, null for empty
    /// @param attributes [#DECRYPT] and [#ENCRYPT]
    static TpmSession start(
            Tpm tpm,
            Command.Entity parent,
            TpmPublic parentArea,
            @Nullable Secret authValue,
            int attributes,
            SecureRandom random)
            throws IOException {
        var nonce = new byte[NONCE];
        random.nextBytes(nonce);
        var salt = Salt.to(parentArea, random);
        var parameters = new TpmWriter().sized(nonce).sized(salt.encrypted()).u8(HMAC_SESSION);
        TpmPublic.Symmetric.AES_128_CFB.write(parameters);
        parameters.u16(Alg.of(HASH));
        var command =
                Command.of(
                        CommandCode.START_AUTH_SESSION,
                        parameters,
                        parent,
                        Command.Entity.of(Alg.NO_HIERARCHY));
        try {
            return tpm.run(
                    command,
                    null,
                    (handle, in) -> {
                        var nonceTpm = in.sized("nonceTPM", LONGEST_NONCE).toArray();
                        var key =
                                Kdf.a(
                                        HASH,
                                        salt.value().expose(),
                                        "ATH",
                                        nonceTpm,
                                        nonce,
                                        8 * HASH.length());
                        var hmacKey = join(key, authValue);
                        var session =
                                new TpmSession(tpm, handle, key, hmacKey, attributes, nonceTpm);
                        random.nextBytes(session.nonceCaller);
                        return session;
                    });
        } finally {
            salt.value().close();
        }
    }

    private static byte[] join(byte[] key, @Nullable Secret authValue) {
        var all = Arrays.copyOf(key, key.length + (authValue == null ? 0 : authValue.size()));
        if (authValue != null) {
            System.arraycopy(authValue.expose(), 0, all, key.length, authValue.size());
        }
        return all;
    }

    @Override
    public void authorize(Command command, TpmWriter out) {
        if ((attributes & DECRYPT) != 0) {
            crypt(Cipher.ENCRYPT_MODE, nonceCaller, nonceTpm, command.parameters().expose());
        }
        out.u32(handle)
                .sized(nonceCaller)
                .u8(attributes)
                .sized(hmac(command.hash(HASH), nonceCaller, nonceTpm, attributes));
    }

    @Override
    public void check(CommandCode code, byte[] parameters, TpmReader in)
            throws MalformedException, TpmException {
        nonceTpm = in.sized("nonceTPM", LONGEST_NONCE).toArray();
        int answered = in.u8("attributes");
        var hmac = in.sized("hmac", HASH.length());
        var rpHash = Kdf.hash(HASH, new byte[4], Bytes.u32(code.number()).toArray(), parameters);
        if (!hmac.equalsConstantTime(Bytes.of(hmac(rpHash, nonceTpm, nonceCaller, answered)))) {
            throw TpmException.forged(code, "a wrong HMAC");
        }
        ended = (answered & CONTINUE) == 0;
        if ((attributes & ENCRYPT) != 0) {
            in.require((answered & ENCRYPT) != 0, "an answer that is not encrypted");
            crypt(Cipher.DECRYPT_MODE, nonceTpm, nonceCaller, parameters);
        }
    }

    /// Part 1 §19.6.5.
    private byte[] hmac(byte[] hash, byte[] newer, byte[] older, int attributes) {
        return Kdf.hmac(HASH, hmacKey, hash, newer, older, new byte[] {(byte) attributes});
    }

    /// Part 1 §21.3: the content of the first `TPM2B`, not its length.
    private void crypt(int mode, byte[] newer, byte[] older, byte[] parameters) {
        if (parameters.length < 2) {
            return;
        }
        int size = (parameters[0] & 0xff) << 8 | parameters[1] & 0xff;
        var key = Kdf.a(HASH, hmacKey, "CFB", newer, older, 256);
        Kdf.cfb(mode, key, parameters, 2, Math.min(2 + size, parameters.length));
        Arrays.fill(key, (byte) 0);
    }

    /// Ends it in the TPM, unless the command that it was for did.
    @Override
    public void close() throws IOException {
        Arrays.fill(sessionKey, (byte) 0);
        Arrays.fill(hmacKey, (byte) 0);
        if (!ended) {
            ended = true;
            tpm.flush(handle);
        }
    }
}
