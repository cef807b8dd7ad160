package dev.custodian.server;

import dev.custodian.core.Refused;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Reply;
import dev.custodian.server.http.Route;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.Store;
import dev.custodian.server.vault.Vault;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// `/livez`: the process answers. `/readyz`: it can also read its store and write its journal, and
/// nobody has to do something about its vault.
final class Health {
    private final Store store;
    private final Journal journal;
    private final Vault vault;
    private final Clock clock;
    private Instant looked = Instant.MIN;
    private Reply ready = Reply.empty(503);

    private Health(Store store, Journal journal, Vault vault, Clock clock) {
        this.store = store;
        this.journal = journal;
        this.vault = vault;
        this.clock = clock;
    }

    static List<Route> routes(Store store, Journal journal, Vault vault, Clock clock) {
        var health = new Health(store, journal, vault, clock);
        return List.of(
                Route.health("/livez", _ -> Reply.text(200, "alive\n")),
                Route.health("/readyz", health::ready));
    }

    /// Anybody may ask, so it is looked at once a second at most.
    private synchronized Reply ready(Call call) {
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        if (!now.equals(looked)) {
            ready = look();
            looked = now;
        }
        return ready;
    }

    private Reply look() {
        if (!journal.isRunning()) {
            return Reply.text(503, "the journal's writer has stopped\n");
        }
        var trouble = vault.trouble();
        if (!trouble.isEmpty()) {
            return Reply.text(503, trouble + "\n");
        }
        try (var reader = store.read()) {
            reader.head();
            return Reply.text(200, "ready\n");
        } catch (Refused e) {
            return Reply.text(503, "the store cannot be read\n");
        }
    }
}
