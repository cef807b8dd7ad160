package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.Place;
import java.time.Instant;
import java.util.List;

/// An `approval` record to be written, with what is kept beside it.
///
/// @param chain the credential
/// @param intent H(intent)
/// @param evidence the device's JWS as sent
public record NewApproval(
        Id chain,
        Bytes intent,
        Level level,
        List<String> factors,
        String sender,
        List<Shown> shown,
        Bytes evidence) {
    public NewApproval {
        factors = List.copyOf(factors);
        shown = List.copyOf(shown);
    }

    Approval record(Instant time, Place place) {
        return new Approval(
                time, place, intent, Hashes.sha256(evidence), level, factors, sender, shown);
    }
}
