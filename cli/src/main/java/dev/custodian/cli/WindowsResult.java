package dev.custodian.cli;

import dev.custodian.core.Id;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a demo on Windows made and found.
///
/// @param input the file that was signed
/// @param files its detached signature, the test root and its revocation list
/// @param name of the certificate in the Windows store
/// @param openSsl what openssl said of them
record WindowsResult(
        Path input,
        OutputFiles files,
        String name,
        Id credential,
        SignatureScheme scheme,
        JournalProof proof,
        String openSsl) {

    /// One object for programs; paths are absolute.
    Json.Builder json() {
        return Json.object()
                .put("file", text(input))
                .put("signed", text(files.signed()))
                .put("root", text(files.root()))
                .put("crl", text(files.crl()))
                .put("credential", credential.text())
                .put("certificate", name)
                .put("level", proof.approved().level().name())
                .put("approval", proof.approval())
                .put("index", proof.use())
                .put("outcome", proof.outcome())
                .put("openssl", openSsl);
    }

    private static String text(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }

    /// Lines for people.
    List<String> lines() {
        var lines = new ArrayList<String>();
        lines.add("Signed: " + Words.printable(input) + ", in " + Words.printable(files.signed()));
        lines.add("");
        lines.add("By .NET's SignedCms, with the certificate that the Windows store calls");
        lines.add("  " + Words.printable(name));
        lines.add(
                "Windows is Wine here, and its missing part, which loads key storage providers, is");
        lines.add(
                "one that we wrote for tests. The provider, the agent and the program are as on Windows.");
        lines.add("");
        lines.addAll(proof.lines(scheme));
        lines.add("");
        lines.add("openssl accepts it: " + openSsl);
        var line = new ArrayList<String>();
        checking(input, files).forEach(word -> line.add(Words.shell(word)));
        lines.add("  openssl " + String.join(" ", line) + " -out /dev/null");
        return lines;
    }

    /// What openssl is given to check the signature, up to the test root.
    static List<String> checking(Path input, OutputFiles files) {
        var line = new ArrayList<>(List.of("cms", "-verify", "-binary", "-inform", "DER"));
        line.addAll(List.of("-in", files.signed().toString(), "-content", input.toString()));
        line.addAll(List.of("-CAfile", files.root().toString(), "-purpose", "any"));
        return line;
    }
}
