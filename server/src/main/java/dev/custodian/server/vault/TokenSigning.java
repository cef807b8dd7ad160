package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.TokenSession;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;

/// Signatures over ready digests by a key in a token. None leaves that the public key does not
/// verify: devices are known to lie when they fail.
///
/// @param key handle of the private key
record TokenSigning(
        TokenSession session, long key, KeyAlgorithm algorithm, VerifyingKey publicKey) {
    /// Signs one digest. RSA gives a block as long as the modulus, ECDSA the DER of (r, s).
    Bytes sign(SignatureScheme how, Bytes digest) throws GeneralSecurityException {
        var scheme = how.scheme();
        if (digest.size() != scheme.hash().length()) {
            throw new GeneralSecurityException("the digest is not as long as its hash");
        }
        var signature =
                switch (scheme.family()) {
                    case EC -> der(made(Mechanism.of(Cryptoki.CKM_ECDSA), digest));
                    case RSA ->
                            scheme.isPss()
                                    ? made(Mechanism.pss(scheme.hash(), how.saltLength()), digest)
                                    : made(
                                            Mechanism.of(Cryptoki.CKM_RSA_PKCS),
                                            Bytes.concat(scheme.hash().digestInfoPrefix(), digest));
                };
        if (!publicKey.verifies(how, digest, signature)) {
            throw new GeneralSecurityException("the HSM made a signature that does not verify");
        }
        return signature;
    }

    private Bytes made(Mechanism mechanism, Bytes input) throws GeneralSecurityException {
        return Bytes.of(session.sign(mechanism, key, input.toArray()));
    }

    /// From `r | s`, each as long as the field (PKCS#11 §2.3.1), to what X.509 wants (RFC 3279
    /// §2.2.3).
    private Bytes der(Bytes raw) throws GeneralSecurityException {
        int size = (algorithm.bits() + 7) / 8;
        if (raw.size() != 2 * size) {
            throw new GeneralSecurityException("the HSM made a signature of the wrong length");
        }
        var octets = raw.toArray();
        var vector = new ASN1EncodableVector();
        vector.add(new ASN1Integer(new BigInteger(1, Arrays.copyOf(octets, size))));
        vector.add(new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(octets, size, 2 * size))));
        try {
            return Bytes.of(new DERSequence(vector).getEncoded("DER"));
        } catch (IOException e) {
            throw new GeneralSecurityException("the signature cannot be encoded", e);
        }
    }
}
