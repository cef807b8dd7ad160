package dev.custodian.cli;

import dev.custodian.client.Credential;
import dev.custodian.client.Journal;
import dev.custodian.client.Signing;
import dev.custodian.core.Level;
import dev.custodian.core.Refused;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.Checkpoint;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.SignedNote;
import dev.custodian.core.json.Json;
import dev.custodian.document.PdfReport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a demo made and found.
///
/// @param outcome the record of what became of the use
/// @param checkpoint covers all three records
/// @param note the same, signed
/// @param report what our own verification found
record DemoResult(
        OutputFiles files,
        Credential credential,
        SignatureScheme scheme,
        Signing.Signed signed,
        SaltedRecord outcome,
        Checkpoint checkpoint,
        SignedNote note,
        PdfReport report) {

    /// One object for programs; paths are absolute.
    Json.Builder json() {
        return Json.object()
                .put("signed", files.signed().toAbsolutePath().normalize().toString())
                .put("root", files.root().toAbsolutePath().normalize().toString())
                .put("crl", files.crl().toAbsolutePath().normalize().toString())
                .put("credential", credential.id().text())
                .put("key", credential.algorithm().display())
                .put("custody", credential.custody().text())
                .put("level", signed.level().name())
                .put("approval", signed.approval().index())
                .put("index", signed.use().index())
                .put("outcome", outcome.index())
                .put("checkpoint", new String(note.encode().toArray(), StandardCharsets.UTF_8));
    }

    /// Lines for people.
    List<String> lines() throws Refused {
        var lines = new ArrayList<String>();
        lines.add("Signed: " + Words.printable(files.signed()));
        lines.add("");
        lines.add("Checked in that file by this program:");
        report.text().lines().map(line -> "  " + line).forEach(lines::add);
        lines.add("");
        lines.addAll(journalLines());
        lines.add("");
        lines.addAll(tryLines());
        return lines;
    }

    private List<String> journalLines() throws Refused {
        var factors =
                Journal.parse(signed.approval()) instanceof Approval approval
                        ? String.join(" and ", approval.factors()) + ", by " + approval.sender()
                        : "";
        return List.of(
                "What the server's journal holds about it:",
                record(signed.approval(), "approval", factors),
                record(signed.use(), "use", "one digest, " + scheme.scheme().name()),
                record(outcome, "outcome", "signed: the hash of this very signature"),
                "  Proved: each record names the one before it, and the last is in the signed",
                "  checkpoint of %d records. Nobody can rewrite what this device has seen; without"
                        .formatted(checkpoint.size()),
                "  a witness, a server that shows others another journal would go undetected.",
                "  Level %s: %s".formatted(signed.level(), meaning(signed.level())));
    }

    private static String record(SaltedRecord record, String kind, String text) {
        return "  record %-3d %-9s %s".formatted(record.index(), kind, text);
    }

    private static String meaning(Level level) {
        return switch (level) {
            case ASSERTED -> "the factors do not cover what was signed.";
            case BOUND -> "a device key in a file signed what was approved, beside the PIN.";
            case BOUND_HARDWARE ->
                    "a device key in hardware signed what was approved, beside the PIN.";
        };
    }

    private List<String> tryLines() {
        var signed = Words.shell(files.signed());
        var root = Words.shell(files.root());
        return List.of(
                "Check it with programs of others:",
                "  pdfsig " + signed,
                "  pyhanko sign validate --pretty-print --trust %s --trust-replace %s"
                        .formatted(root, signed),
                "  openssl crl -in %s -CAfile %s -noout".formatted(Words.shell(files.crl()), root));
    }
}
