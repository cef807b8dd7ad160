package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.journal.JournalledCreation;
import java.io.IOException;
import java.security.GeneralSecurityException;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/// PKCS#10 requests (RFC 2986) for new keys.
final class CertificationRequests {
    /// Signs one digest with the new key.
    interface Signer {
        Bytes sign(SignatureScheme how, Bytes digest) throws GeneralSecurityException;
    }

    private CertificationRequests() {}

    /// The request in DER, self-signed with the family's plain scheme over SHA-256.
    ///
    /// @param spki of the new key
    static Bytes make(JournalledCreation creation, Bytes spki, Signer key)
            throws GeneralSecurityException {
        var scheme = Scheme.plain(creation.algorithm().family(), HashAlgorithm.SHA256);
        var info =
                new CertificationRequestInfo(
                        X500Name.getInstance(new X500Principal(creation.subject()).getEncoded()),
                        SubjectPublicKeyInfo.getInstance(spki.toArray()),
                        null);
        try {
            var toSign = Hashes.sha256(info.getEncoded("DER"));
            var signature = key.sign(SignatureScheme.of(scheme), toSign);
            var vector = new ASN1EncodableVector();
            vector.add(info);
            vector.add(new DefaultSignatureAlgorithmIdentifierFinder().find(scheme.jca()));
            vector.add(new DERBitString(signature.toArray()));
            return Bytes.of(
                    CertificationRequest.getInstance(new DERSequence(vector)).getEncoded("DER"));
        } catch (IOException e) {
            throw new GeneralSecurityException("the request cannot be encoded", e);
        }
    }
}
