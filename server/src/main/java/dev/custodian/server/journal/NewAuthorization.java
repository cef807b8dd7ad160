package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.intent.Shown;
import dev.custodian.server.store.NewDigest;
import dev.custodian.server.store.Opening;
import java.time.Instant;
import java.util.List;

/// What an activation found to be approved, to be written as `approval` record and authorization
/// (FORMATS §5).
///
/// @param intent H(intent); the same one again yields the same authorization
/// @param sad H(SAD)
/// @param sender device id of an agent; client and token subject of others
/// @param evidence the device's JWS as sent; kept beside the record
/// @param expires not before the intent's `exp`: until then a repeat gets the same answer
/// @param digests distinct values
/// @param opening the credential's key under the SAD
public record NewAuthorization(
        Id id,
        Bytes intent,
        Bytes sad,
        Id owner,
        Id credential,
        String sender,
        Level level,
        List<String> factors,
        List<Shown> shown,
        Bytes evidence,
        Instant expires,
        List<NewDigest> digests,
        Opening opening) {
    public NewAuthorization {
        factors = List.copyOf(factors);
        shown = List.copyOf(shown);
        digests = List.copyOf(digests);
        if (digests.isEmpty()
                || digests.stream().map(NewDigest::value).distinct().count() != digests.size()) {
            throw new IllegalArgumentException("digests must be distinct values, at least one");
        }
    }

    /// The record that goes with it.
    NewApproval approval() {
        return new NewApproval(credential, intent, level, factors, sender, shown, evidence);
    }
}
