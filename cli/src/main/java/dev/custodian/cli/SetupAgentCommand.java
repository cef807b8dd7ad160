package dev.custodian.cli;

import dev.custodian.cli.windows.RunKey;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.AgentSocket;
import java.io.File;
import java.io.IOException;
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
            "Have the agent started: by systemd when the first program needs it,",
            "by Windows when you log on.",
            "",
            "Writes two files in your configuration folder,",
            "systemd/user/custodian-agent.service and .socket, and says what to type next.",
            "On Windows it adds a line to what your own account starts; no administrator is needed.",
            "It starts nothing itself.",
            ""
        },
        mixinStandardHelpOptions = true)
final class SetupAgentCommand implements Callable<Integer> {
    @Option(names = "--undo", description = "Undo it.")
    private boolean undo;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Refused {
        return File.separatorChar == '\\' ? onWindows() : onLinux();
    }

    private int onWindows() throws Refused {
        Autostart autostart;
        try {
            autostart = new Autostart(new RunKey());
        } catch (IOException e) {
            throw new Refused(FailureKind.USAGE, e.getMessage() + ".");
        }
        var out = spec.commandLine().getOut();
        if (undo) {
            out.println(
                    autostart.remove()
                            ? "Windows does not start the agent any more"
                            : "there is nothing to remove");
            return ExitCodes.OK;
        }
        var line = Autostart.commandLine(home(), Path.of(System.getProperty("java.home")));
        autostart.write(line);
        out.println("Windows starts this when you log on: " + Words.printable(line));
        spec.commandLine().getErr().println("Undo: add --undo.");
        return ExitCodes.OK;
    }

    private int onLinux() throws Refused {
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

    /// Where Custodian is.
    private static Path home() throws Refused {
        var home = System.getProperty("custodian.home");
        if (home == null) {
            throw new Refused(FailureKind.USAGE, "Start it with ./custodian.");
        }
        return Path.of(home).toAbsolutePath().normalize();
    }

    /// As this shell has them: systemd's own variables may be others.
    private static AgentUnits.Places places(Map<String, String> environment) throws Refused {
        var set = environment.get("XDG_STATE_HOME");
        var state =
                set == null
                        ? Path.of(environment.getOrDefault("HOME", "/"), ".local/state")
                        : Path.of(set);
        return new AgentUnits.Places(
                home().resolve("custodian"),
                Path.of(System.getProperty("java.home")),
                state.resolve("custodian").toAbsolutePath(),
                Objects.requireNonNull(AgentSocket.of(environment).path().getParent()));
    }
}
