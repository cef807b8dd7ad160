package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.store.InnerKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request for signatures under an authorization (FORMATS §5).
///
/// @param authorization row number of the authorization that the SAD named
/// @param sender who asks: the authorization must be theirs
/// @param digests decoded; a repeated one gets the same bytes
/// @param key the credential's key; null once the opening is gone, then only stored results can be
///   given
public record UseRequest(
        long authorization,
        Id credential,
        String sender,
        SignatureScheme scheme,
        List<Bytes> digests,
        @Nullable InnerKey key) {
    public UseRequest {
        digests = List.copyOf(digests);
        if (digests.isEmpty()) {
            throw new IllegalArgumentException("a request without digests");
        }
        if (key != null && !key.credential().equals(credential)) {
            throw new IllegalArgumentException("the key of another credential");
        }
    }
}
