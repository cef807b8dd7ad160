package dev.custodian.it.device;

import dev.custodian.core.Bytes;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The simulated card's half of management authentication.
final class SimulatedManagement {
    static final int TRIPLE_DES = 0x03;
    static final int AES_192 = 0x0a;

    /// What cards come with.
    static final Bytes KEY = Bytes.fromHex("0102030405060708".repeat(3));

    private final int algorithm;
    private final String cipher;
    private final int block;
    private byte[] witness = {};
    private boolean proved;

    SimulatedManagement(int algorithm) {
        this.algorithm = algorithm;
        this.cipher = algorithm == TRIPLE_DES ? "DESede" : "AES";
        this.block = algorithm == TRIPLE_DES ? 8 : 16;
    }

    int algorithm() {
        return algorithm;
    }

    boolean isProved() {
        return proved;
    }

    void forget() {
        proved = false;
        witness = new byte[0];
    }

    /// The answer's template, null when the key is not proved.
    byte @Nullable [] answer(byte[] template) throws GeneralSecurityException {
        var proof = Ber.find(template, 0x80);
        var challenge = Ber.find(template, 0x81);
        if (proof != null && proof.length == 0) {
            witness = new byte[block];
            new SecureRandom().nextBytes(witness);
            return Ber.write(0x80, encrypt(witness));
        }
        if (proof == null
                || challenge == null
                || witness.length == 0
                || !Arrays.equals(proof, witness)) {
            forget();
            return null;
        }
        proved = true;
        return Ber.write(0x82, encrypt(challenge));
    }

    /// One block: in CBC after zeros it is the bare cipher.
    private byte[] encrypt(byte[] octets) throws GeneralSecurityException {
        var bare = Cipher.getInstance(cipher + "/CBC/NoPadding");
        bare.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(KEY.toArray(), cipher),
                new IvParameterSpec(new byte[block]));
        return bare.doFinal(octets);
    }
}
