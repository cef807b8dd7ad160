package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import java.time.Instant;
import java.util.List;

/// What became of a use.
///
/// @param use its index
/// @param results in the order of the use's digests
public record Outcome(Instant time, Place place, long use, List<Result> results)
        implements JournalRecord.Chained {

    /// What became of one digest.
    public sealed interface Result {
        /// A signature was made.
        ///
        /// @param signature its SHA-256
        record Signed(Bytes signature) implements Result {
            public Signed {
                Merkle.requireHash(signature);
            }
        }

        /// No signature left the vault.
        record Failed() implements Result {}

        /// The server stopped meanwhile: a signature may or may not have been made.
        record Unknown() implements Result {}
    }

    public Outcome {
        time = RecordCodec.whole(time);
        results = List.copyOf(results);
        if (use < 0) {
            throw new IllegalArgumentException("an index below 0");
        }
        if (results.isEmpty() || results.size() > MAX_DIGESTS) {
            throw new IllegalArgumentException("an outcome of " + results.size() + " results");
        }
    }
}
