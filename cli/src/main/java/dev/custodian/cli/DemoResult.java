package dev.custodian.cli;

import dev.custodian.core.Level;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.json.Json;
import dev.custodian.document.PdfReport;
import dev.custodian.link.Credential;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a demo made and found.
///
/// @param report what our own verification found
/// @param openSsl what became of the same key in openssl's hands
record DemoResult(
        OutputFiles files,
        Credential credential,
        SignatureScheme scheme,
        JournalProof proof,
        PdfReport report,
        String openSsl) {

    /// One object for programs; paths are absolute.
    Json.Builder json() {
        return Json.object()
                .put("signed", files.signed().toAbsolutePath().normalize().toString())
                .put("root", files.root().toAbsolutePath().normalize().toString())
                .put("crl", files.crl().toAbsolutePath().normalize().toString())
                .put("credential", credential.id().text())
                .put("key", credential.algorithm().display())
                .put("custody", credential.custody().text())
                .put("level", proof.approved().level().name())
                .put("approval", proof.approval())
                .put("index", proof.use())
                .put("outcome", proof.outcome())
                .put(
                        "checkpoint",
                        new String(proof.note().encode().toArray(), StandardCharsets.UTF_8))
                .put("openssl", openSsl);
    }

    /// Lines for people.
    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add("Signed: " + Words.printable(files.signed()));
        lines.add("");
        lines.add("Checked in that file by this program:");
        report.text().lines().map(line -> "  " + line).forEach(lines::add);
        lines.add("");
        lines.addAll(journalLines());
        lines.add("");
        lines.addAll(tryLines());
        lines.add("");
        lines.add(openSsl);
        return lines;
    }

    private List<String> journalLines() {
        var approved = proof.approved();
        return List.of(
                "What the server's journal holds about it:",
                record(
                        proof.approval(),
                        "approval",
                        String.join(" and ", approved.factors()) + ", by " + approved.sender()),
                record(proof.use(), "use", "one digest, " + scheme.scheme().name()),
                record(proof.outcome(), "outcome", "signed: the hash of this very signature"),
                "  Recomputed here from the journal's export: each record names the one before it, and",
                "  all %d together have the root of the signed checkpoint. The agent had checked that"
                        .formatted(proof.checkpoint().size()),
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
