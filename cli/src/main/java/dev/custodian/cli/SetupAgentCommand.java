package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.AgentSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "agent",
        description = {
            "Let systemd start the agent when the first program needs it.",
            "",
            "Writes two files in your configuration folder,",
            "systemd/user/custodian-agent.service and .socket, and says what to type next.",
            "It starts nothing itself.",
            ""
        },
        mixinStandardHelpOptions = true)
final class SetupAgentCommand implements Callable<Integer> {
    @Option(names = "--undo", description = "Remove the files.")
    private boolean undo;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Refused {
        var units = new AgentUnits(ConfigHome.of(System.getenv()));
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        if (undo) {
            var removed = units.remove();
            removed.forEach(file -> out.println("removed " + Words.printable(file)));
            if (removed.isEmpty()) {
                out.println("there is nothing to remove");
            } else {
                err.println("Now type:");
                err.println("  systemctl --user stop " + AgentUnits.SOCKET + " custodian-agent");
                err.println("  systemctl --user daemon-reload");
            }
        } else {
            for (var file : units.write(places(System.getenv()))) {
                out.println("wrote " + Words.printable(file));
            }
            err.println("Stop an agent that runs. Now type:");
            err.println("  systemctl --user daemon-reload");
            err.println("  systemctl --user enable --now " + AgentUnits.SOCKET);
            err.println("Undo: add --undo.");
        }
        return ExitCodes.OK;
    }

    /// As this shell has them: systemd's own variables may be others.
    private static AgentUnits.Places places(Map<String, String> environment) throws Refused {
        var home = System.getProperty("custodian.home");
        if (home == null) {
            throw new Refused(FailureKind.USAGE, "Start it with ./custodian.");
        }
        var set = environment.get("XDG_STATE_HOME");
        var state =
                set == null
                        ? Path.of(environment.getOrDefault("HOME", "/"), ".local/state")
                        : Path.of(set);
        return new AgentUnits.Places(
                Path.of(home, "custodian"),
                Path.of(System.getProperty("java.home")),
                state.resolve("custodian").toAbsolutePath(),
                Objects.requireNonNull(AgentSocket.of(environment).path().getParent()));
    }
}
