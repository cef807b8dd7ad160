package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.time.Instant;

/// Writes what [LoginReader] reads, inside a [Tx].
public interface LoginTx extends LoginReader {
    void insert(LoginRow login) throws Refused;

    /// Writes the refresh tokens; the rest never changes.
    void update(LoginRow login) throws Refused;

    /// Ends a login and all tokens that came from it; false when there is none.
    boolean end(Bytes login) throws Refused;

    /// Ends the access tokens of a login; it goes on.
    void endSessions(Bytes login) throws Refused;

    /// Ends all logins of a device.
    void endAll(Id device) throws Refused;

    /// Deletes at most `limit` logins that ended before `now`; returns how many.
    int deleteEnded(Instant now, int limit) throws Refused;
}
