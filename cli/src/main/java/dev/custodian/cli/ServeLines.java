package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.Credential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Lines to paste into another terminal while the demo's server and agent go on.
///
/// @param git what signs a commit with the key for code, and checks it
/// @param sign what signs another PDF
/// @param curl what asks the server
record ServeLines(List<String> git, List<String> sign, List<String> curl) {
    private static final String WHO = "mara@demo.example";

    /// Writes what the lines name into the demo's folder.
    ///
    /// @param code the credential that signs commits
    static ServeLines of(Demo.Played played, Credential code, Processes processes) throws Refused {
        var folder = processes.folder();
        var key = write(folder.resolve("code.pub"), SshPublicKey.of(code));
        var signers =
                write(
                        folder.resolve("allowed_signers"),
                        String.join("\n", AllowedSigners.lines(List.of(code), WHO)));
        var git =
                List.of(
                        "export SSH_AUTH_SOCK=" + Words.shell(played.agent().socket("ssh.sock")),
                        "git -c gpg.format=ssh -c user.signingkey=%s commit -S --allow-empty -m 'signed with a remote key'"
                                .formatted(Words.shell(key)),
                        "git -c gpg.ssh.allowedSignersFile=%s verify-commit HEAD"
                                .formatted(Words.shell(signers)));
        var sign = new ArrayList<String>();
        DemoAgent.environment(folder)
                .forEach((name, value) -> sign.add(name + "=" + Words.shell(value)));
        sign.add(Words.shell(processes.command()));
        sign.add("sign --credential " + played.result().credential().id() + " FILE.pdf");
        var curl = "curl -s --cacert " + Words.shell(played.server().writeCertificate()) + " ";
        var url = played.server().url();
        return new ServeLines(
                git,
                List.of(String.join(" ", sign)),
                List.of(
                        curl + url + "/identity",
                        curl
                                + "-H 'Content-Type: application/json' -d '{}' "
                                + url
                                + "/csc/v2/info"));
    }

    private static Path write(Path file, String line) throws Refused {
        try {
            return Files.writeString(file, line + "\n");
        } catch (IOException _) {
            throw new Refused(FailureKind.DISK_FULL, file + " could not be written.");
        }
    }

    /// The lines with what a reader has to know about them.
    ///
    /// @param played whether a script answers the agent
    List<String> text(boolean played) {
        var text = new ArrayList<String>();
        text.add("");
        text.add("As long as this runs, in another terminal and in a git repository of yours:");
        git.forEach(line -> text.add("  " + line));
        text.add(
                played
                        ? "The script that plays your part answers for you there too."
                        : "The agent asks you in that terminal.");
        text.add("Another PDF, with the same agent:");
        sign.forEach(line -> text.add("  " + line));
        text.add("The server itself. There is no line that signs: that takes PIN and device key.");
        curl.forEach(line -> text.add("  " + line));
        return text;
    }
}
