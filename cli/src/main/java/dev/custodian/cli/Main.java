package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/// The `custodian` command. Results go to stdout, everything else to stderr; whatever goes wrong is
/// told with what to do next.
@Command(
        name = "custodian",
        description = "Your signing keys in one place that you control.",
        mixinStandardHelpOptions = true,
        version = "custodian 0.1.0",
        subcommands = {
            DemoCommand.class,
            SignCommand.class,
            AgentCommand.class,
            JoinCommand.class,
            StatusCommand.class,
            LoginCommand.class,
            LogoutCommand.class,
            CredentialCommand.class,
            RecoverCommand.class,
            DeviceCommand.class,
            PinCommand.class,
            DoctorCommand.class,
            ConsentCommand.class,
            SetupCommand.class,
            SshCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Done.",
            "1:Refused.",
            "2:The command line is not right.",
            "3:The input or the output file is not what it has to be.",
            "4:Server or agent is away, busy or full: the same may work later.",
            "5:Server or agent cannot be believed.",
            "70:A fault of the program.",
            "130:Stopped with Ctrl-C."
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
        var line = new CommandLine(new Main());
        line.setOut(out);
        line.setErr(err);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        line.setExecutionExceptionHandler((e, _, _) -> tell(err, e));
        line.setParameterExceptionHandler(
                (e, _) ->
                        tell(
                                err,
                                new Refused(
                                        FailureKind.USAGE, Objects.toString(e.getMessage(), ""))));
        return line.execute(args);
    }

    private static int tell(PrintWriter err, Exception e) {
        if (e instanceof Refused refused) {
            err.println("custodian: " + refused.kind().sentence());
            if (!refused.detail().isEmpty()) {
                err.println("  " + Words.printable(refused.detail()));
            }
            err.println("  " + refused.kind().nextStep());
            return ExitCodes.of(refused.kind());
        }
        err.println(
                "custodian: The program has a fault of its own ("
                        + e.getClass().getSimpleName()
                        + ").");
        err.println("  Please report it, with what you did.");
        return ExitCodes.FAULT;
    }
}
