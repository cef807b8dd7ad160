package dev.custodian.cli;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.ChainCheck;
import dev.custodian.core.journal.ChainMemory;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.journal.Edge;
import dev.custodian.core.journal.JournalBrokenException;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.SignedNote;
import dev.custodian.core.journal.Use;
import dev.custodian.core.json.Json;
import dev.custodian.core.json.Members;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a server's journal holds about one signature, recomputed from an export of all its records
/// (FORMATS §7). Whose key signed the checkpoint is not looked at here: the agent does that.
///
/// @param approval index of the record of the approval
/// @param approved that record
/// @param use index of the record of the key's use
/// @param outcome index of the record that holds the hash of the signature
/// @param checkpoint of all records
/// @param note the same, signed
record JournalProof(
        long approval,
        Approval approved,
        long use,
        long outcome,
        Checkpoint checkpoint,
        SignedNote note) {
    private static final int LONGEST_LINE = 4 << 20;

    /// Reads an export. Refused when it does not hold together, or says something else of the
    /// signature.
    ///
    /// @return null when the outcome is still to come
    static @Nullable JournalProof read(Path export, Id credential, Bytes digest, Bytes signature)
            throws Refused {
        try {
            var lines = Files.readAllLines(export);
            var chain = new ArrayList<SaltedRecord>();
            var edge = Edge.EMPTY;
            for (var line : lines.subList(0, lines.size() - 1)) {
                var record = record(line);
                edge = edge.append(record.leafHash());
                if (JournalRecord.parse(record.record()) instanceof JournalRecord.Chained one
                        && one.place().chain().equals(credential)) {
                    chain.add(record);
                }
            }
            var note = SignedNote.parse(object(lines.getLast()).bytes("checkpoint"));
            var checkpoint = Checkpoint.parse(note.text());
            if (checkpoint.size() != edge.size() || !checkpoint.root().equals(edge.root())) {
                throw broken("The checkpoint is of other records.");
            }
            var _ = ChainCheck.follow(ChainMemory.none(credential), chain);
            return find(chain, digest, signature, checkpoint, note);
        } catch (MalformedException | JournalBrokenException e) {
            throw broken("The journal's export: " + e.getMessage() + ".");
        } catch (IOException _) {
            throw new Refused(FailureKind.FILE_UNREADABLE, export.toString());
        }
    }

    private static Members object(String line) throws MalformedException {
        return Json.members(Json.parse(Bytes.utf8(line), LONGEST_LINE), "a line");
    }

    private static SaltedRecord record(String line) throws MalformedException {
        var members = object(line);
        return SaltedRecord.parse(
                members.number("index", 0, Long.MAX_VALUE),
                members.bytes("salt"),
                members.bytes("record"));
    }

    private static @Nullable JournalProof find(
            List<SaltedRecord> chain,
            Bytes digest,
            Bytes signature,
            Checkpoint checkpoint,
            SignedNote note)
            throws MalformedException, Refused {
        for (var record : chain) {
            if (JournalRecord.parse(record.record()) instanceof Use use && isOf(use, digest)) {
                var approved = approval(chain, use.approval());
                var outcome = outcome(chain, record.index(), signature);
                return outcome < 0
                        ? null
                        : new JournalProof(
                                use.approval(),
                                approved,
                                record.index(),
                                outcome,
                                checkpoint,
                                note);
            }
        }
        throw broken("It has no record of the use.");
    }

    private static boolean isOf(Use use, Bytes digest) {
        return use.digests().size() == 1 && use.digests().getFirst().value().equals(digest);
    }

    private static Approval approval(List<SaltedRecord> chain, long index)
            throws MalformedException, Refused {
        for (var record : chain) {
            if (record.index() == index
                    && JournalRecord.parse(record.record()) instanceof Approval approval) {
                return approval;
            }
        }
        throw broken("It has no record of the approval.");
    }

    /// Index of the outcome of a use; -1 when there is none yet.
    private static long outcome(List<SaltedRecord> chain, long use, Bytes signature)
            throws MalformedException, Refused {
        var signed = new Outcome.Result.Signed(Hashes.sha256(signature));
        for (var record : chain) {
            if (JournalRecord.parse(record.record()) instanceof Outcome outcome
                    && outcome.use() == use) {
                if (!outcome.results().equals(List.of(signed))) {
                    throw broken("Its outcome is not that of the signature that was given.");
                }
                return record.index();
            }
        }
        return -1;
    }

    /// Lines for people.
    List<String> lines(SignatureScheme scheme) {
        return List.of(
                "What the server's journal holds about it:",
                record(
                        approval,
                        "approval",
                        String.join(" and ", approved.factors()) + ", by " + approved.sender()),
                record(use, "use", "one digest, " + scheme.scheme().name()),
                record(outcome, "outcome", "signed: the hash of this very signature"),
                "  Recomputed here from the journal's export: each record names the one before it, and",
                "  all %d together have the root of the signed checkpoint. The agent had checked that"
                        .formatted(checkpoint.size()),
                "  approval and use are in it before it gave the signature out. Nobody can rewrite what",
                "  this device has seen; without a witness, a server that shows others another journal",
                "  would go undetected.",
                "  Level %s: %s".formatted(approved.level(), meaning(approved.level())));
    }

    private static String record(long index, String kind, String text) {
        return "  record %-3d %-9s %s".formatted(index, kind, text);
    }

    private static String meaning(Level level) {
        return switch (level) {
            case ASSERTED -> "the factors do not cover what was signed.";
            case BOUND -> "a device key in a file signed what was approved, beside the PIN.";
            case BOUND_HARDWARE ->
                    "a device key in hardware signed what was approved, beside the PIN.";
        };
    }

    private static Refused broken(String detail) {
        return new Refused(FailureKind.JOURNAL_BROKEN, detail);
    }
}
