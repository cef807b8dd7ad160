package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.Use;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.Tx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One transaction's worth of work, in the one order that holds the promises: other work, outcomes,
/// approvals; then every request is decided in memory; then what was decided is written. Nobody is
/// told anything before the commit.
final class Batch {
    private final Tx tx;
    private final Instant now;
    private final Ledger ledger;
    private final long epoch;
    private final List<Draft> drafts = new ArrayList<>();

    /// What is kept beside records, by index, once they are written.
    private final Map<Long, Evidence> evidence = new HashMap<>();

    private final Decision decision;
    private final List<Approved> approved = new ArrayList<>();
    private final List<Runnable> answers = new ArrayList<>();
    private final List<Item> again = new ArrayList<>();

    /// An authorization to be inserted once its record has an index.
    private static final class Approved {
        final Item.Approve item;
        long index = -1;

        Approved(Item.Approve item) {
            this.item = item;
        }
    }

    Batch(Tx tx, Instant now, Ledger ledger, long epoch, Map<Long, RunningUse> running) {
        this.tx = tx;
        this.now = now;
        this.ledger = ledger;
        this.epoch = epoch;
        this.decision = new Decision(now, running);
    }

    /// Writes everything. An exception means that the transaction must be rolled back.
    void write(List<Item> items, List<RunningUse> signed) throws Refused {
        for (var item : items) {
            if (item instanceof Item.Do<?> work) {
                run(work);
            }
        }
        for (var use : signed) {
            close(use);
        }
        var intents = new HashSet<Bytes>();
        for (var item : items) {
            if (item instanceof Item.Approve approve) {
                if (intents.add(approve.authorization().intent())) {
                    approve(approve);
                } else {
                    again.add(approve);
                }
            }
        }
        var asks =
                items.stream()
                        .filter(Item.Ask.class::isInstance)
                        .map(Item.Ask.class::cast)
                        .toList();
        load(asks);
        asks.forEach(this::decide);
        decision.uses().forEach(this::draft);
        ledger.write(tx, now, drafts);
        for (var use : decision.uses()) {
            var hash = use.scheme().scheme().hash();
            for (var digest : use.digests()) {
                tx.consume(use.authorization().number(), digest, hash, use.used());
            }
        }
        for (var kept : evidence.entrySet()) {
            var proof = kept.getValue();
            tx.insertEvidence(kept.getKey(), proof.intent(), proof.jws());
        }
        for (var approval : approved) {
            insert(approval);
        }
    }

    /// After the commit: the uses that may be signed now.
    List<RunningUse> uses() {
        return decision.uses();
    }

    /// After the commit: tells everyone.
    void answer() {
        answers.forEach(Runnable::run);
    }

    /// What has to wait for the next batch.
    List<Item> again() {
        return again;
    }

    private <T extends @Nullable Object> void run(Item.Do<T> item) throws Refused {
        var changes = new Changes(tx, drafts, evidence);
        long writes = tx.writes();
        try {
            var result = item.work().run(tx, changes);
            answers.add(
                    () -> item.answer().complete(new Item.Done<>(result, changes.firstIndex())));
        } catch (Refused e) {
            refuse(item, e, writes, changes.isEmpty());
        }
    }

    /// Refuses one item and keeps the batch, unless the item has written something that only a
    /// rollback undoes.
    private void refuse(Item item, Refused refusal, long writesBefore, boolean nothingDrafted)
            throws Refused {
        if (tx.writes() != writesBefore || !nothingDrafted) {
            throw refusal;
        }
        answers.add(() -> item.refuse(refusal));
    }

    /// Writes the outcome of a use, unless someone else has closed it since: there is one outcome
    /// per use.
    private void close(RunningUse use) throws Refused {
        var states = use.states();
        long authorization = use.authorization().number();
        int closed = 0;
        for (int i = 0; i < states.size(); i++) {
            if (tx.close(authorization, use.digests().get(i), use.used(), states.get(i))) {
                closed++;
            }
        }
        if (closed == 0) {
            Writer.LOG.warn("use {} was closed by another", use.index());
            return;
        }
        if (closed != states.size()) {
            throw new IllegalStateException("use " + use.index() + " is closed in part");
        }
        if (use.isSigned()) {
            tx.settle(authorization, closed);
        }
        drafts.add(
                new Draft.Chained(
                        use.authorization().credential(),
                        (time, place) -> new Outcome(time, place, use.index(), use.results()),
                        Draft.UNHEARD));
    }

    private void approve(Item.Approve item) throws Refused {
        long writes = tx.writes();
        try {
            item.guard().check(tx);
        } catch (Refused e) {
            refuse(item, e, writes, true);
            return;
        }
        var wanted = item.authorization();
        var existing = tx.authorizationByIntent(wanted.intent());
        if (existing != null) {
            repeat(item, existing);
            return;
        }
        try {
            Changes.requireNew(tx, wanted.intent());
            item.spend().check(tx);
        } catch (Refused e) {
            refuse(item, e, writes, true);
            return;
        }
        var approval = new Approved(item);
        approved.add(approval);
        drafts.add(
                new Draft.Chained(
                        wanted.credential(),
                        wanted.approval()::record,
                        index -> {
                            approval.index = index;
                            evidence.put(index, new Evidence(wanted.intent(), wanted.evidence()));
                        }));
    }

    private void repeat(Item.Approve item, AuthorizationRow existing) {
        var wanted = item.authorization();
        if (!existing.sender().equals(wanted.sender())
                || !existing.credential().equals(wanted.credential())) {
            answers.add(() -> item.refuse(new Refused(FailureKind.INTENT_MISMATCH)));
        } else if (!existing.expires().isAfter(now)) {
            answers.add(() -> item.refuse(new Refused(FailureKind.INTENT_EXPIRED)));
        } else {
            answers.add(() -> item.answer().complete(existing));
        }
    }

    private void insert(Approved approval) throws Refused {
        var wanted = approval.item.authorization();
        var row =
                tx.insertAuthorization(
                        new AuthorizationRow(
                                0,
                                wanted.id(),
                                wanted.intent(),
                                wanted.sad(),
                                wanted.owner(),
                                wanted.credential(),
                                wanted.sender(),
                                wanted.level(),
                                wanted.factors(),
                                approval.index,
                                wanted.expires(),
                                wanted.opening()),
                        wanted.digests());
        answers.add(() -> approval.item.answer().complete(row));
    }

    /// Loads, and so locks, the rows of all requests in the one order that all nodes keep.
    private void load(List<Item.Ask> asks) throws Refused {
        var wanted = new TreeMap<Long, Set<Bytes>>();
        for (var ask : asks) {
            var request = ask.request();
            wanted.computeIfAbsent(request.authorization(), _ -> new HashSet<>())
                    .addAll(request.digests());
        }
        for (var entry : wanted.entrySet()) {
            var authorization = tx.authorization(entry.getKey());
            if (authorization != null) {
                decision.load(authorization, tx.digests(entry.getKey(), entry.getValue()));
            }
        }
    }

    private void decide(Item.Ask item) {
        try {
            var parts = decision.decide(item.request());
            answers.add(() -> item.answer().complete(parts));
        } catch (Refused e) {
            answers.add(() -> item.refuse(e));
        }
    }

    private void draft(RunningUse use) {
        var hash = use.scheme().scheme().hash();
        drafts.add(
                new Draft.Chained(
                        use.authorization().credential(),
                        (time, place) ->
                                new Use(
                                        time,
                                        place,
                                        use.authorization().approval(),
                                        use.digests().stream()
                                                .map(d -> new Use.Digest(hash, d))
                                                .toList(),
                                        use.scheme()),
                        index -> use.written(index, epoch)));
    }
}
