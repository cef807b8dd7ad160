package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.link.AgentSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "pkcs11",
        description = {
            "Let programs that use p11-kit see your credentials.",
            "",
            "Writes one file, pkcs11/modules/custodian.module in your configuration folder.",
            "Programs read it when they start.",
            ""
        },
        mixinStandardHelpOptions = true)
final class SetupPkcs11Command implements Callable<Integer> {
    private static final Pattern OURS = Pattern.compile("remote: unix:path=\\S*/p11\\.sock\n?");

    @Option(names = "--undo", description = "Remove the file.")
    private boolean undo;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Refused {
        NotOnWindows.require("setup pkcs11", "programs there find your keys by the system's list.");
        var config = ConfigHome.of(System.getenv());
        var file = config.resolve("pkcs11/modules/custodian.module");
        var out = spec.commandLine().getOut();
        if (undo) {
            out.println(
                    config.remove(file, SetupPkcs11Command::isOurs)
                            ? "removed " + Words.printable(file)
                            : "there is no " + Words.printable(file));
        } else {
            var socket = AgentSocket.of(System.getenv()).path().resolveSibling("p11.sock");
            config.write(
                    file,
                    "remote: unix:path=" + escaped(socket.toString()) + "\n",
                    SetupPkcs11Command::isOurs);
            out.println("wrote " + Words.printable(file));
            spec.commandLine()
                    .getErr()
                    .println("Restart the programs that are to see it. Undo: add --undo.");
        }
        return ExitCodes.OK;
    }

    private static boolean isOurs(String content) {
        return OURS.matcher(content).matches();
    }

    /// As p11-kit reads a path: a per cent sign and two hexadecimal digits for an octet.
    static String escaped(String path) {
        var text = new StringBuilder();
        for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            var plain =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || "/._-".indexOf(c) >= 0;
            if (plain) {
                text.append(c);
            } else {
                text.append("%%%02x".formatted((int) c));
            }
        }
        return text.toString();
    }
}
