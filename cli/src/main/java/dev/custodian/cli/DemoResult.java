package dev.custodian.cli;

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
        lines.addAll(proof.lines(scheme));
        lines.add("");
        lines.addAll(tryLines());
        lines.add("");
        lines.add(openSsl);
        return lines;
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
