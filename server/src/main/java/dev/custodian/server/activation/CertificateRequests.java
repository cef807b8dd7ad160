package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Matter;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;

/// An intent of purpose `certificate-request` carries each request in its label: the digest is
/// computed again from it, so that no other digest hides under that name (FORMATS §1).
final class CertificateRequests {
    private CertificateRequests() {}

    /// Refuses unless every digest is that of a CertificationRequestInfo for the key `spki`.
    static void check(Matter.Sign sign, Bytes spki) throws Refused {
        try {
            var hash = HashAlgorithm.ofOid(sign.hashOid());
            for (var digest : sign.digests()) {
                var der = Bytes.fromBase64Url(digest.label()).toArray();
                var info = CertificationRequestInfo.getInstance(der);
                if (!Bytes.of(info.getEncoded("DER")).equals(Bytes.of(der))
                        || !Bytes.of(info.getSubjectPublicKeyInfo().getEncoded("DER")).equals(spki)
                        || !Bytes.of(MessageDigest.getInstance(hash.jca()).digest(der))
                                .equals(digest.value())) {
                    throw refused();
                }
            }
        } catch (MalformedException | IOException | RuntimeException | GeneralSecurityException e) {
            // The parser has many an unchecked exception for what is no request.
            throw refused();
        }
    }

    private static Refused refused() {
        return new Refused(
                FailureKind.INTENT_MISMATCH,
                "A digest is not that of the certificate request beside it.");
    }
}
