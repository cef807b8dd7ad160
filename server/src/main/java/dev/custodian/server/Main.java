package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.json.JsonMapper;

/// The `custodian-server` command. Results go to stdout; whatever goes wrong is told on stderr in
/// one sentence with a next step.
@Command(
        name = "custodian-server",
        description = "Keeps signing keys and signs with them what an enrolled device approves.",
        mixinStandardHelpOptions = true,
        version = "custodian-server 0.1.0",
        subcommands = {
            InitCommand.class,
            RunCommand.class,
            ConfigCommand.class,
            OwnerCommand.class,
            DeviceCommand.class,
            CredentialCommand.class,
            HsmCommand.class,
            VaultCommand.class,
            TrustCommand.class,
            JournalCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done.",
            "1:The journal does not hold together.",
            "2:The command line is not right.",
            "3:The configuration or a key file is not right.",
            "4:The data folder or the port is in use.",
            "5:The database cannot be used.",
            "6:Refused.",
            "70:A fault of the program."
        })
public final class Main {
    private Main() {}

    /// Runs the command and ends the process with its exit code.
    public static void main(String[] args) {
        System.exit(
                run(
                        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                        args));
    }

    /// Runs the command; returns its exit code.
    static int run(PrintWriter out, PrintWriter err, String... args) {
        Logging.silence();
        var line = new CommandLine(new Main());
        line.setOut(out);
        line.setErr(err);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        line.setExecutionStrategy(new CommandLine.RunLast());
        line.setExecutionExceptionHandler(
                (e, command, _) -> {
                    if (e instanceof Refused refused
                            && command.getParseResult().hasMatchedOption("--json")) {
                        tellPrograms(out, refused);
                    }
                    return tell(err, e);
                });
        line.setParameterExceptionHandler(
                (e, _) ->
                        tell(err, new Refused(FailureKind.USAGE, String.valueOf(e.getMessage()))));
        return line.execute(args);
    }

    /// Whoever asked for JSON need not read sentences to know what went wrong.
    private static void tellPrograms(PrintWriter out, Refused refused) {
        var failure = new LinkedHashMap<String, String>();
        failure.put("failure", refused.kind().id());
        failure.put("detail", refused.detail());
        out.println(JsonMapper.shared().writeValueAsString(failure));
    }

    private static int tell(PrintWriter err, Exception e) {
        if (e instanceof Refused refused) {
            var kind = refused.kind();
            var words = kind.sentence();
            if (!refused.detail().isEmpty()) {
                words += " " + refused.detail();
            }
            err.println("custodian-server: " + words + " " + kind.nextStep());
            return ExitCodes.of(kind);
        }
        err.println(
                "custodian-server: "
                        + FailureKind.INTERNAL.sentence()
                        + " ("
                        + e.getClass().getSimpleName()
                        + ") Report it with what you did.");
        return ExitCodes.FAULT;
    }
}
