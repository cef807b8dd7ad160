package dev.custodian.server.journal;

import dev.custodian.core.Refused;
import dev.custodian.server.store.Store;
import java.time.Clock;
import java.time.Duration;

/// Deletes what has ended, a little at a time: a long transaction would make every caller wait.
///
/// An authorization with a digest in state `used` stays until its outcome is written: first closed,
/// then deleted.
final class Expiry {
    private static final int STEP = 50;

    /// Authorizations and consents stay so long after their end: whoever comes late is told so, and
    /// if the clock is set back a little meanwhile, gets the same answer as before.
    private static final Duration KEPT = Duration.ofMinutes(15);

    private final Store store;
    private final Clock clock;

    Expiry(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /// Takes one step; true when there is more to do.
    boolean step() {
        try (var tx = store.begin()) {
            var now = clock.instant();
            tx.deleteOpenings(now);
            tx.consents().deleteOpenings(now);
            int deleted = tx.deleteExpired(now.minus(KEPT), STEP);
            int consents = tx.consents().deleteExpired(now.minus(KEPT), STEP);
            int ended =
                    tx.deleteEnded(now, STEP)
                            + tx.logins().deleteEnded(now, STEP)
                            + tx.factors().deleteEnded(now, STEP);
            tx.commit();
            return deleted == STEP || consents == STEP || ended >= STEP;
        } catch (Refused | RuntimeException e) {
            Writer.LOG.error("nothing could be deleted", e);
            return false;
        }
    }
}
