package dev.custodian.document;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Refused;
import dev.custodian.core.SignatureScheme;

/// What a detached CMS signature that another program made by SHA-256 (RFC 5652 §5) holds, not
/// verified.
///
/// @param digest of the signed attributes: what was asked for at the key
/// @param value what the key answered; ECDSA in DER
public record DetachedSignature(SignatureScheme scheme, Bytes digest, Bytes value) {
    /// Refused (`FILE_UNREADABLE`) when it has another shape.
    public static DetachedSignature read(Bytes cms) throws Refused {
        try {
            var parts = CmsReader.read(cms);
            if (parts.scheme().scheme().hash() != HashAlgorithm.SHA256) {
                throw new Flaw("The signature's hash is not SHA-256.");
            }
            return new DetachedSignature(
                    parts.scheme(), Hashes.sha256(parts.signedAttributes()), parts.signature());
        } catch (Flaw e) {
            throw new Refused(FailureKind.FILE_UNREADABLE, e.sentence());
        }
    }
}
