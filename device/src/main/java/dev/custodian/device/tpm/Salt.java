package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/// A secret for the TPM's parent key alone, from which a session's key is derived (Part 1 Annex
/// B.10.2 for RSA, C.6.1 for ECC).
///
/// @param value the salt itself; the caller closes it
/// @param encrypted as StartAuthSession takes it
record Salt(Secret value, Bytes encrypted) {
    private static final String LABEL = "SECRET";

    static Salt to(TpmPublic parent, SecureRandom random) throws TpmException {
        try {
            var key = parent.publicKey();
            return key instanceof ECPublicKey point
                    ? agreed(parent, point, random)
                    : wrapped(parent, key, random);
        } catch (MalformedException | GeneralSecurityException e) {
            throw TpmException.malformed(CommandCode.READ_PUBLIC, "a parent key of no use");
        }
    }

    private static Salt agreed(TpmPublic parent, ECPublicKey key, SecureRandom random)
            throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(key.getParams(), random);
        var pair = generator.generateKeyPair();
        var agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(pair.getPrivate());
        var _ = agreement.doPhase(key, true);
        var z = agreement.generateSecret();
        var ours = (ECPublicKey) pair.getPublic();
        var value =
                Kdf.e(
                        parent.nameHash(),
                        z,
                        LABEL,
                        TpmPublic.fixed(ours.getW().getAffineX(), z.length),
                        TpmPublic.fixed(key.getW().getAffineX(), z.length));
        Arrays.fill(z, (byte) 0);
        return new Salt(Secret.owning(value), TpmPublic.point(ours).bytes());
    }

    private static Salt wrapped(TpmPublic parent, PublicKey key, SecureRandom random)
            throws GeneralSecurityException {
        var hash = parent.nameHash();
        var value = new byte[hash.length()];
        random.nextBytes(value);
        var cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                key,
                new OAEPParameterSpec(
                        hash.jca(),
                        "MGF1",
                        new MGF1ParameterSpec(hash.jca()),
                        new PSource.PSpecified(Kdf.label(LABEL))),
                random);
        var encrypted = Bytes.of(cipher.doFinal(value));
        return new Salt(Secret.owning(value), encrypted);
    }
}
