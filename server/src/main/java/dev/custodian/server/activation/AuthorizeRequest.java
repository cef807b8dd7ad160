package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `credentials/authorize` of an enrolled device, parsed.
///
/// @param count `numSignatures`
/// @param digests as octets
/// @param hashOid of the digests; empty when the caller cannot know it
/// @param device `DEVICE`: a compact JWS
/// @param second `SEALED` or `CONSENT`
public record AuthorizeRequest(
        DeviceCaller caller,
        Id credential,
        int count,
        List<Bytes> digests,
        String hashOid,
        String device,
        SecondProof second) {
    public AuthorizeRequest {
        digests = List.copyOf(digests);
    }

    /// The hash of the digests; null when the caller cannot know it.
    @Nullable HashAlgorithm hash() throws Refused {
        try {
            return hashOid.isEmpty() ? null : HashAlgorithm.ofOid(hashOid);
        } catch (MalformedException e) {
            throw new Refused(
                    FailureKind.MALFORMED_REQUEST, "hashAlgorithmOID is " + e.getMessage() + ".");
        }
    }
}
