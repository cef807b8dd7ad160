package dev.custodian.device.piv;

import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/// Proves to the card that we have its management key, and has it prove the same (SP 800-73-4 Part
/// 2 appendix A.1).
final class Management {
    static final int KEY = 0x9b;

    private static final int DYNAMIC = 0x7c;
    private static final int WITNESS = 0x80;
    private static final int CHALLENGE = 0x81;
    private static final int RESPONSE = 0x82;

    /// The cipher of a management key, by its number (SP 800-78-4 table 6-2).
    enum Algorithm {
        TRIPLE_DES(0x03, "DESede", 24, 8),
        AES_128(0x08, "AES", 16, 16),
        AES_192(0x0a, "AES", 24, 16),
        AES_256(0x0c, "AES", 32, 16);

        private final int number;
        private final String cipher;
        private final int size;
        private final int block;

        Algorithm(int number, String cipher, int size, int block) {
            this.number = number;
            this.cipher = cipher;
            this.size = size;
            this.block = block;
        }

        static Algorithm of(int number) throws MalformedException {
            for (var algorithm : values()) {
                if (algorithm.number == number) {
                    return algorithm;
                }
            }
            throw new MalformedException("a management key of an unknown cipher");
        }

        /// The one that every card has had for a key of this length.
        static Algorithm ofSize(int size) {
            for (var algorithm : values()) {
                if (algorithm.size == size) {
                    return algorithm;
                }
            }
            throw new IllegalArgumentException("a management key has 16, 24 or 32 octets");
        }
    }

    private final ApduExchange exchange;
    private final SecureRandom random;

    Management(ApduExchange exchange, SecureRandom random) {
        this.exchange = exchange;
        this.random = random;
    }

    void authenticate(Algorithm algorithm, Secret key) throws IOException {
        if (key.size() != algorithm.size) {
            throw PivException.of(
                    Meaning.WRONG_MANAGEMENT_KEY, "a management key of another length");
        }
        var witness = answer(WITNESS, algorithm, Tlv.write(DYNAMIC, Tlv.write(WITNESS)));
        var challenge = new byte[algorithm.block];
        random.nextBytes(challenge);
        var proof = crypt(Cipher.DECRYPT_MODE, algorithm, key, witness);
        var response =
                proved(
                        algorithm,
                        Tlv.write(
                                DYNAMIC,
                                Tlv.write(WITNESS, proof),
                                Tlv.write(CHALLENGE, challenge)));
        if (!MessageDigest.isEqual(
                response, crypt(Cipher.ENCRYPT_MODE, algorithm, key, challenge))) {
            throw PivException.of(Meaning.FORGED_CARD, "management authentication");
        }
    }

    private byte[] proved(Algorithm algorithm, byte[] data) throws IOException {
        try {
            return answer(RESPONSE, algorithm, data);
        } catch (PivException e) {
            if (e.meaning() != Meaning.PIN_REQUIRED) {
                throw e;
            }
            throw PivException.returned(
                    Ins.GENERAL_AUTHENTICATE, Meaning.WRONG_MANAGEMENT_KEY, e.code());
        }
    }

    /// One block in the template of the answer.
    private byte[] answer(int tag, Algorithm algorithm, byte[] data) throws IOException {
        var answer = exchange.send(Apdu.of(Ins.GENERAL_AUTHENTICATE, algorithm.number, KEY, data));
        try {
            var block = Tlv.only(tag, Tlv.only(DYNAMIC, answer));
            if (block.size() != algorithm.block) {
                throw new MalformedException("not one block");
            }
            return block.toArray();
        } catch (MalformedException e) {
            throw PivException.malformed(Ins.GENERAL_AUTHENTICATE, e);
        }
    }

    /// One block, as the standard wants it: what is hidden is random and used once.
    @SuppressWarnings("InsecureCryptoUsage")
    private static byte[] crypt(int mode, Algorithm algorithm, Secret key, byte[] block) {
        try {
            var cipher = Cipher.getInstance(algorithm.cipher + "/ECB/NoPadding");
            cipher.init(mode, new SecretKeySpec(key.expose(), algorithm.cipher));
            return cipher.doFinal(block);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has " + algorithm.cipher, e);
        }
    }
}
