package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.SignatureScheme;
import java.time.Instant;
import java.util.List;

/// A key is about to sign: written and committed before the vault is asked.
///
/// @param approval index of the approval that allows it
/// @param digests what is signed, in this order
public record Use(
        Instant time, Place place, long approval, List<Digest> digests, SignatureScheme scheme)
        implements JournalRecord.Chained {

    /// One digest, whole.
    public record Digest(HashAlgorithm algorithm, Bytes value) {
        public Digest {
            if (value.size() != algorithm.length()) {
                throw new IllegalArgumentException("a digest that does not have its hash's length");
            }
        }
    }

    public Use {
        time = RecordCodec.whole(time);
        digests = List.copyOf(digests);
        if (approval < 0) {
            throw new IllegalArgumentException("an index below 0");
        }
        if (digests.isEmpty() || digests.size() > MAX_DIGESTS) {
            throw new IllegalArgumentException("a use of " + digests.size() + " digests");
        }
        for (var digest : digests) {
            if (digest.algorithm() != scheme.scheme().hash()) {
                throw new IllegalArgumentException("a digest of another hash than its scheme's");
            }
        }
    }
}
