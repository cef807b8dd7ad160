package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Permission for some digests, once each (FORMATS §5).
///
/// @param number the row's own number; 0 before it is inserted
/// @param intent H(intent), unique
/// @param sad H(SAD), unique
/// @param sender device id of an agent; client and token subject of others
/// @param approval index of the `approval` record in the journal
/// @param opening the credential's key under the SAD; null once all digests are signed or the
///   authorization has ended
public record AuthorizationRow(
        long number,
        Id id,
        Bytes intent,
        Bytes sad,
        Id owner,
        Id credential,
        String sender,
        Level level,
        List<String> factors,
        long approval,
        Instant expires,
        @Nullable Opening opening) {
    public AuthorizationRow {
        factors = List.copyOf(factors);
    }

    /// The same, as inserted.
    AuthorizationRow withNumber(long given) {
        return new AuthorizationRow(
                given,
                id,
                intent,
                sad,
                owner,
                credential,
                sender,
                level,
                factors,
                approval,
                expires,
                opening);
    }

    /// Says nothing of the opening.
    @Override
    public String toString() {
        return "AuthorizationRow[" + number + ", " + id + ", " + credential + "]";
    }
}
