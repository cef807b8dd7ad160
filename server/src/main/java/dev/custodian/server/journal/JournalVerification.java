package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.ChainCheck;
import dev.custodian.core.journal.ChainMemory;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.Edge;
import dev.custodian.core.journal.JournalBrokenException;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.Merkle;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.ServerChange;
import dev.custodian.core.journal.SignedNote;
import dev.custodian.core.journal.Use;
import dev.custodian.core.journal.VerifierKey;
import dev.custodian.server.store.DigestRow;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Walks a whole journal and says everything that does not fit: tree against head, tiles and signed
/// checkpoint; chains; approvals against their evidence; each use against its approval; one outcome
/// per use; digests' rows against both.
public final class JournalVerification {
    private static final int PAGE = 1_000;
    private static final String ENROL = "enrol";

    private final Reader reader;
    private final VerifierKey key;
    private final List<String> findings = new ArrayList<>();
    private final Map<Id, ChainMemory> chains = new HashMap<>();
    private final Map<Long, Id> approvals = new HashMap<>();
    private final Map<Long, Use> open = new HashMap<>();
    private final Map<Long, List<DigestRow>> rows = new HashMap<>();
    private final List<Bytes> tile = new ArrayList<>();
    private Edge edge = Edge.EMPTY;
    private long uses;
    private long signed;

    private JournalVerification(Reader reader, VerifierKey key) {
        this.reader = reader;
        this.key = key;
    }

    /// What was found.
    ///
    /// @param records all that there are
    /// @param uses those that are uses
    /// @param open uses without an outcome: being signed just now, or left by a node that has not
    ///   started since
    /// @param signed digests that were signed
    /// @param findings a sentence for each thing that does not fit; empty when all does
    public record Report(long records, long uses, long open, long signed, List<String> findings) {
        public Report {
            findings = List.copyOf(findings);
        }
    }

    /// Verifies the journal of a store as of now.
    public static Report verify(Store store, VerifierKey key) throws Refused {
        try (var reader = store.read()) {
            return new JournalVerification(reader, key).verify();
        }
    }

    private Report verify() throws Refused {
        for (var row : reader.usedDigests()) {
            rows.computeIfAbsent(use(row.state()), _ -> new ArrayList<>()).add(row);
        }
        var head = reader.head();
        var checkpoint = new StoredCheckpoint(head.checkpoint());
        for (long from = 0; from < head.size(); from += PAGE) {
            for (var row : reader.records(from, Math.min(from + PAGE, head.size()))) {
                if (row.index() != edge.size()) {
                    findings.add("Record " + edge.size() + " is missing.");
                    return report();
                }
                record(Tiles.salted(row));
                checkpoint.compare();
            }
        }
        if (edge.size() != head.size() || !edge.encode().equals(head.edge())) {
            findings.add("The records do not make the tree that the journal's head names.");
        }
        checkpoint.end();
        tree();
        ends();
        rows.keySet().stream()
                .filter(use -> use >= 0)
                .forEach(
                        use ->
                                findings.add(
                                        "A digest is used by record "
                                                + use
                                                + ", which is no open use."));
        return report();
    }

    private Report report() {
        return new Report(edge.size(), uses, open.size(), signed, findings);
    }

    private void record(SaltedRecord salted) throws Refused {
        try {
            switch (JournalRecord.parse(salted.record())) {
                case Approval approval -> {
                    chained(salted, approval);
                    approval(salted.index(), approval);
                }
                case Use use -> {
                    chained(salted, use);
                    use(salted.index(), use);
                }
                case Outcome outcome -> {
                    chained(salted, outcome);
                    outcome(salted.index(), outcome);
                }
                case Change change -> {
                    chained(salted, change);
                    change(salted.index(), change);
                }
                case ServerChange _ -> {
                    // stands alone
                }
            }
        } catch (MalformedException e) {
            findings.add("Record " + salted.index() + " cannot be read.");
        }
        var leaf = salted.leafHash();
        edge = edge.append(leaf);
        tile.add(leaf);
        if (tile.size() == Tiles.WIDTH) {
            long number = salted.index() / Tiles.WIDTH;
            if (!Tiles.read(reader, 0, number).equals(tile)) {
                findings.add("Tile " + number + " does not hold the hashes of its records.");
            }
            tile.clear();
        }
    }

    private void chained(SaltedRecord salted, JournalRecord.Chained record) {
        var chain = record.place().chain();
        var last = chains.getOrDefault(chain, ChainMemory.none(chain));
        try {
            chains.put(chain, ChainCheck.follow(last, List.of(salted)));
        } catch (JournalBrokenException e) {
            findings.add(
                    "Record " + salted.index() + " of " + chain + ": " + e.reason().sentence());
            chains.put(
                    chain,
                    new ChainMemory(
                            chain, record.place().seq(), salted.index(), salted.commitment()));
        }
    }

    private void approval(long index, Approval approval) throws Refused {
        approvals.put(index, approval.place().chain());
        var evidence = reader.evidence(index);
        if (evidence == null || !Hashes.sha256(evidence).equals(approval.evidence())) {
            findings.add("Approval " + index + " has not the evidence that it names.");
        }
    }

    /// What a device approved has its JWS beside it; a first enrolment has only the invitation.
    private void change(long index, Change change) throws Refused {
        var evidence = reader.evidence(index);
        if (evidence == null
                ? change.intent().size() > 0 && !change.what().equals(ENROL)
                : !intentOf(evidence).equals(change.intent())) {
            findings.add("Change " + index + " has not the evidence that it names.");
        }
    }

    /// H of a compact JWS's payload; empty when it is none.
    private static Bytes intentOf(Bytes jws) {
        try {
            var parts = jws.utf8().split("\\.", -1);
            return parts.length == 3 ? Hashes.sha256(Bytes.fromBase64Url(parts[1])) : Bytes.EMPTY;
        } catch (MalformedException e) {
            return Bytes.EMPTY;
        }
    }

    private void use(long index, Use use) {
        uses++;
        if (!use.place().chain().equals(approvals.get(use.approval()))) {
            findings.add("Use " + index + " names no approval of its credential.");
        }
        open.put(index, use);
    }

    private void outcome(long index, Outcome outcome) {
        var use = open.remove(outcome.use());
        if (use == null) {
            findings.add("Outcome " + index + " belongs to no use that is open.");
        } else if (use.digests().size() != outcome.results().size()
                || !use.place().chain().equals(outcome.place().chain())) {
            findings.add("Outcome " + index + " does not fit its use " + outcome.use() + ".");
        } else {
            compare(outcome, use);
        }
    }

    /// The rows of digests against the journal; rows of ended authorizations are gone.
    private void compare(Outcome outcome, Use use) {
        var expected = new HashMap<Bytes, Outcome.Result>();
        for (int i = 0; i < use.digests().size(); i++) {
            var result = outcome.results().get(i);
            expected.put(use.digests().get(i).value(), result);
            if (result instanceof Outcome.Result.Signed) {
                signed++;
            }
        }
        var found = rows.remove(outcome.use());
        if (found == null) {
            return;
        }
        for (var row : found) {
            if (!fits(row.state(), expected.get(row.value()), use)) {
                findings.add(
                        "A digest's row contradicts the outcome of use " + outcome.use() + ".");
            }
        }
    }

    private static boolean fits(DigestRow.State state, Outcome.@Nullable Result result, Use use) {
        return switch (state) {
            case DigestRow.Signed(_, var scheme, var signature) ->
                    new Outcome.Result.Signed(Hashes.sha256(signature)).equals(result)
                            && scheme.equals(use.scheme());
            case DigestRow.Unknown(_, var scheme) ->
                    new Outcome.Result.Unknown().equals(result) && scheme.equals(use.scheme());
            case DigestRow.Used(_, _, _), DigestRow.Free() -> false;
        };
    }

    private static long use(DigestRow.State state) {
        return switch (state) {
            case DigestRow.Free() -> -1;
            case DigestRow.Used(var use, _, _) -> use;
            case DigestRow.Signed(var use, _, _) -> use;
            case DigestRow.Unknown(var use, _) -> use;
        };
    }

    /// The tiles of the upper levels must yield the same root; proofs are made of them.
    private void tree() throws Refused {
        try {
            if (!Merkle.root(edge.size(), new TreeHashes().of(reader)).equals(edge.root())) {
                findings.add("The tiles do not make the tree of the records.");
            }
        } catch (Refused e) {
            findings.add("The tiles have a gap.");
        }
    }

    /// Chain heads must be where the chains end; digests in use must be those of open uses.
    private void ends() throws Refused {
        for (var memory : chains.values()) {
            var end = reader.chain(memory.chain());
            if (end == null
                    || end.seq() != memory.seq()
                    || end.last() != memory.index()
                    || !end.prev().equals(memory.commitment())) {
                findings.add(
                        "The chain of " + memory.chain() + " does not end where its head says.");
            }
        }
        for (var entry : open.entrySet()) {
            var found = rows.remove(entry.getKey());
            int digests = entry.getValue().digests().size();
            if (found == null
                    || found.size() != digests
                    || !found.stream().allMatch(r -> r.state() instanceof DigestRow.Used)) {
                findings.add(
                        "Use "
                                + entry.getKey()
                                + " has neither an outcome nor its digests in use.");
            }
        }
    }

    /// The last note that the journal signed, compared when the walk has come so far.
    private final class StoredCheckpoint {
        private final long size;
        private final Bytes root;

        StoredCheckpoint(Bytes note) {
            long at = 0;
            var expected = Merkle.EMPTY_ROOT;
            if (note.size() > 0) {
                try {
                    var verified = SignedNote.parse(note).verify(key);
                    at = verified.size();
                    expected = verified.root();
                } catch (MalformedException | JournalBrokenException e) {
                    findings.add("The stored checkpoint is not one of this journal's key.");
                }
            }
            size = at;
            root = expected;
        }

        void compare() {
            if (edge.size() == size && !edge.root().equals(root)) {
                findings.add(
                        "The journal was changed after its checkpoint of "
                                + size
                                + " records was signed.");
            }
        }

        void end() {
            if (size > edge.size()) {
                findings.add("The journal is shorter than its checkpoint of " + size + " records.");
            }
        }
    }
}
