package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.journal.ChainCheck;
import dev.custodian.core.journal.ChainMemory;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.journal.JournalBrokenException;
import dev.custodian.core.journal.JournalBrokenException.Reason;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.SignedNote;
import dev.custodian.core.journal.VerifierKey;
import dev.custodian.core.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The journal as this device sees it (DESIGN §6, FORMATS §7): each answer must continue what the
/// device's [Memory] holds, without a gap or a fork, under a checkpoint that grew out of the last
/// one.
public final class Journal {
    /// The `change` that a credential begins with, and the detail of it that holds H(SPKI) of its
    /// key.
    static final String CREATED = "created";

    static final String KEY_DETAIL = "key";

    /// The `change` that gives a credential a certificate, and the detail of it that holds its
    /// hash.
    static final String CERTIFIED = "certified";

    static final String CERTIFICATE_DETAIL = "certificate";

    private static final int MOST_ROUNDS = 4;

    /// What is held at once: a server without end must not fill our memory.
    private static final int MOST_RECORDS = 1 << 20;

    private final DeviceSession session;
    private final Memory memory;
    private volatile @Nullable SignedNote note;

    public Journal(DeviceSession session) {
        this.session = session;
        this.memory = session.memory();
    }

    /// Records that were checked and are now remembered.
    ///
    /// @param records new since the last look, in order
    /// @param checkpoint the newest one seen
    /// @param proof that the chain's newest record is in it (RFC 6962); empty when there was
    ///   nothing to prove
    /// @param pending whether a checkpoint over the newest record is still to come
    public record Seen(
            List<SaltedRecord> records, Checkpoint checkpoint, List<Bytes> proof, boolean pending) {
        public Seen {
            records = List.copyOf(records);
            proof = List.copyOf(proof);
        }
    }

    /// Fetches what the chain of this credential or owner got since the last look, and waits for
    /// its checkpoint.
    public Seen catchUp(Id chain) throws Refused {
        var records = new ArrayList<SaltedRecord>();
        for (int tries = 1; ; tries++) {
            Seen seen;
            synchronized (memory) {
                seen = take(chain, fetch(chain, Math.max(1, newest(chain).seq())));
            }
            records.addAll(seen.records);
            if (!seen.pending) {
                return new Seen(records, seen.checkpoint, seen.proof, false);
            }
            if (tries >= session.patience().tries()) {
                throw new Refused(
                        FailureKind.JOURNAL_BROKEN,
                        "The server promises a checkpoint again and again, and gives none.");
            }
            session.patience().await(tries, 0);
        }
    }

    /// The outcome of the use that made these signatures, as [#outcome(Id, long, List)]; refused
    /// when it is about other signatures.
    public SaltedRecord outcome(Id credential, Signing.Signed signed) throws Refused {
        var record = outcome(credential, signed.use().index(), signed.after());
        if (parse(record) instanceof Outcome outcome) {
            requireSame(outcome, signed.signatures());
        }
        return record;
    }

    /// The outcome of the use at this index, waited for as long as the server is usually given;
    /// refused when there is none by then.
    ///
    /// @param after what was seen of the chain since the use
    public SaltedRecord outcome(Id chain, long use, List<SaltedRecord> after) throws Refused {
        var records = after;
        for (int tries = 1; ; tries++) {
            for (var record : records) {
                if (parse(record) instanceof Outcome outcome && outcome.use() == use) {
                    return record;
                }
            }
            if (tries > session.patience().tries()) {
                throw new Refused(
                        FailureKind.JOURNAL_BROKEN, "The journal gives no outcome of the use.");
            }
            if (tries > 1) {
                session.patience().await(tries - 1, 0);
            }
            records = catchUp(chain).records;
        }
    }

    /// The newest checkpoint that was checked, with its signatures, for others to check too;
    /// nothing before the first.
    public Optional<SignedNote> lastNote() {
        return Optional.ofNullable(note);
    }

    private static void requireSame(Outcome outcome, List<Bytes> signatures) throws Refused {
        var made = new HashSet<Outcome.Result>();
        signatures.forEach(
                signature -> made.add(new Outcome.Result.Signed(Hashes.sha256(signature))));
        if (!made.equals(new HashSet<>(outcome.results()))) {
            throw new Refused(
                    FailureKind.JOURNAL_BROKEN,
                    "The journal's outcome is about other signatures than these.");
        }
    }

    /// A record in its parts; refused when it is none.
    public static JournalRecord parse(SaltedRecord record) throws Refused {
        try {
            return JournalRecord.parse(record.record());
        } catch (MalformedException e) {
            throw broken(Reason.RECORD_MALFORMED);
        }
    }

    private ChainMemory newest(Id chain) {
        return memory.now().chain(chain).newest();
    }

    /// @param from the first running number that is wanted
    private Part fetch(Id chain, long from) throws Refused {
        var ask =
                Json.object()
                        .put("chain", chain.text())
                        .put("from", from)
                        .put("size", memory.now().checkpoint().size());
        return session.call("journal/records", ask.build()).orRefused();
    }

    /// Checks what an answer shows of a chain, fills what it leaves out, and remembers it.
    ///
    /// @param answer `records`, `checkpoint`, `proof` and, where there are some, `consistency`,
    ///   `more`, `pending`
    Seen take(Id chain, Part answer) throws Refused {
        synchronized (memory) {
            try {
                return check(chain, answer);
            } catch (JournalBrokenException e) {
                throw new Refused(FailureKind.JOURNAL_BROKEN, e.reason().sentence());
            }
        }
    }

    private Seen check(Id chain, Part answer) throws Refused, JournalBrokenException {
        var before = memory.now();
        var known = before.chain(chain);
        var records =
                new ArrayList<>(
                        filled(chain, known.newest(), unseen(known.newest(), records(answer))));
        var newest = ChainCheck.follow(known.newest(), records);
        var latest = answer;
        for (int rounds = 0;
                latest.flag("more") || !isContinued(before.checkpoint(), latest);
                rounds++) {
            // The next page; or the same end of the chain once more, with the proof that its
            // checkpoint grew.
            latest = fetch(chain, Math.max(1, newest.seq()));
            var more = unseen(newest, records(latest));
            newest = ChainCheck.follow(newest, more);
            records.addAll(more);
            rounds = more.isEmpty() ? rounds : 0;
            if (records.size() > MOST_RECORDS) {
                throw endless();
            }
            if (rounds >= MOST_ROUNDS) {
                throw new Refused(
                        FailureKind.JOURNAL_BROKEN,
                        "The server does not prove that its checkpoint continues the last.");
            }
        }
        return settle(before, known, newest, records, latest);
    }

    /// Remembers what the checkpoint covers, or that it is still to come.
    private Seen settle(
            Remembered before,
            Remembered.Chain known,
            ChainMemory newest,
            List<SaltedRecord> records,
            Part latest)
            throws Refused, JournalBrokenException {
        var pending = latest.flag("pending");
        var checkpoint = before.checkpoint();
        if (latest.has("checkpoint") || !pending) {
            var given = note(latest);
            checkpoint =
                    ChainCheck.continues(checkpoint, given, key(), latest.hashes("consistency"));
            note = given;
        }
        var proof = latest.hashes("proof");
        var proven = newest.seq() == 0 || records.isEmpty() && known.proven();
        if (!proven) {
            proven = !pending || newest.index() < checkpoint.size();
            if (proven) {
                ChainCheck.includes(checkpoint, newest, proof);
            }
        }
        memory.keep(
                before.with(
                        checkpoint,
                        new Remembered.Chain(
                                newest,
                                proven,
                                keyOf(known, records),
                                certificateOf(known, records))));
        return new Seen(records, checkpoint, proof, !proven);
    }

    /// Whether a checkpoint can be compared with the last one by what came beside it.
    private boolean isContinued(Checkpoint last, Part answer)
            throws Refused, JournalBrokenException {
        if (!answer.has("checkpoint") || answer.has("consistency")) {
            return true;
        }
        long size = note(answer).verify(key()).size();
        return last.size() == 0 || size <= last.size();
    }

    /// Puts in front what the server left out; a gap that it does not fill stays and is refused.
    private List<SaltedRecord> filled(Id chain, ChainMemory last, List<SaltedRecord> records)
            throws Refused {
        if (records.isEmpty()) {
            return records;
        }
        var whole = new ArrayList<SaltedRecord>();
        long first = seq(records.getFirst());
        if (first - last.seq() > MOST_RECORDS) {
            throw endless();
        }
        for (long next = last.seq() + 1; next < first; ) {
            long wanted = next;
            for (var record : records(fetch(chain, wanted))) {
                if (seq(record) == next && next < first) {
                    whole.add(record);
                    next++;
                }
            }
            if (next == wanted) {
                break;
            }
        }
        whole.addAll(records);
        return whole;
    }

    /// Without the record that is known already, which some answers begin with.
    private static List<SaltedRecord> unseen(ChainMemory newest, List<SaltedRecord> records) {
        return !records.isEmpty() && records.getFirst().commitment().equals(newest.commitment())
                ? records.subList(1, records.size())
                : records;
    }

    /// The credential's key, once its chain has named it.
    private static Bytes keyOf(Remembered.Chain known, List<SaltedRecord> records) throws Refused {
        var key = known.key();
        for (var record : records) {
            if (parse(record) instanceof Change change
                    && change.what().equals(CREATED)
                    && change.details().containsKey(KEY_DETAIL)) {
                var named = hash(change.details().getOrDefault(KEY_DETAIL, ""));
                if (key.size() > 0 && !key.equals(named)) {
                    throw new Refused(
                            FailureKind.JOURNAL_BROKEN,
                            "The journal names another key for this credential than before.");
                }
                key = named;
            }
        }
        return key;
    }

    /// The credential's certificate as its chain last named it.
    private static Bytes certificateOf(Remembered.Chain known, List<SaltedRecord> records)
            throws Refused {
        var certificate = known.certificate();
        for (var record : records) {
            if (parse(record) instanceof Change change && change.what().equals(CERTIFIED)) {
                certificate = hash(change.details().getOrDefault(CERTIFICATE_DETAIL, ""));
            }
        }
        return certificate;
    }

    private static Bytes hash(String text) throws Refused {
        try {
            return Bytes.fromBase64Url(text);
        } catch (MalformedException e) {
            throw broken(Reason.RECORD_MALFORMED);
        }
    }

    private static long seq(SaltedRecord record) throws Refused {
        if (parse(record) instanceof JournalRecord.Chained chained) {
            return chained.place().seq();
        }
        throw broken(Reason.OTHER_CHAIN);
    }

    private VerifierKey key() throws Refused {
        return key(session.server());
    }

    static VerifierKey key(PinnedServer server) throws Refused {
        try {
            return VerifierKey.parse(server.identity().journal());
        } catch (MalformedException e) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN,
                    "The identity names no journal key that can be one.");
        }
    }

    static SignedNote note(Part answer) throws Refused {
        try {
            return SignedNote.parse(Bytes.utf8(answer.text("checkpoint")));
        } catch (MalformedException e) {
            throw broken(Reason.CHECKPOINT_MALFORMED);
        }
    }

    static List<SaltedRecord> records(Part answer) throws Refused {
        var records = new ArrayList<SaltedRecord>();
        for (var part : answer.parts("records")) {
            records.add(record(part));
        }
        return records;
    }

    static SaltedRecord record(Part part) throws Refused {
        try {
            return new SaltedRecord(part.number("index"), part.bytes("salt"), part.bytes("record"));
        } catch (IllegalArgumentException e) {
            throw broken(Reason.RECORD_MALFORMED);
        }
    }

    private static Refused endless() {
        return new Refused(FailureKind.PROTOCOL_BROKEN, "The server shows records without end.");
    }

    static Refused broken(Reason reason) {
        return new Refused(FailureKind.JOURNAL_BROKEN, reason.sentence());
    }
}
