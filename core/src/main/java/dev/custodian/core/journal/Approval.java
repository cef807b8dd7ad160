package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Level;
import dev.custodian.core.intent.Shown;
import java.time.Instant;
import java.util.List;

/// An owner approved something. The evidence is kept beside the record, so that nobody can invent
/// one.
///
/// @param intent SHA-256 of the intent's bytes
/// @param evidence SHA-256 of the device's JWS, or of what stands in its place
/// @param factors what the owner proved, such as `device` and `pin`
/// @param sender the device's id, or the name of a client without device
/// @param shown what the prompt showed
public record Approval(
        Instant time,
        Place place,
        Bytes intent,
        Bytes evidence,
        Level level,
        List<String> factors,
        String sender,
        List<Shown> shown)
        implements JournalRecord.Chained {
    public Approval {
        time = RecordCodec.whole(time);
        Merkle.requireHash(intent);
        Merkle.requireHash(evidence);
        factors = List.copyOf(factors);
        shown = List.copyOf(shown);
    }
}
