package dev.custodian.agent;

import dev.custodian.agent.prompt.FirstUsable;
import dev.custodian.agent.prompt.PinentryPrompt;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.prompt.TerminalPrompt;
import dev.custodian.agent.prompt.desktop.SwingPrompt;
import dev.custodian.agent.unix.Inherited;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.AgentSocket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/// The daemon's program. It says on standard output what to set, then nothing more; all else is its
/// log, on standard error.
public final class Main {
    private static final String USAGE =
            "custodian-agent [--state FOLDER] [--sockets FOLDER] [--pinentry PROGRAM] [--no-passphrase]";

    private Main() {}

    /// Where things are.
    ///
    /// @param pinentry the program that asks the person; empty to choose what asks
    /// @param passphrases whether a join asks for one; without, the device key is a plain file
    private record Places(Path state, Path sockets, String pinentry, boolean passphrases) {}

    /// Serves until the process is told to end.
    public static void main(String[] args) throws InterruptedException {
        try {
            var places = places(new ArrayDeque<>(List.of(args)));
            var agent =
                    Agent.start(
                            places.state,
                            places.sockets,
                            Inherited.sockets(System.getenv()),
                            prompt(places.pinentry),
                            places.passphrases);
            Runtime.getRuntime().addShutdownHook(new Thread(agent::close, "end"));
            System.out.println("SSH_AUTH_SOCK=" + places.sockets.resolve(Agent.SSH_SOCKET));
            new CountDownLatch(1).await();
        } catch (Refused e) {
            System.err.println("custodian-agent: " + e.kind().sentence());
            if (!e.detail().isEmpty()) {
                System.err.println("  " + e.detail());
            }
            System.err.println("  " + e.kind().nextStep());
            System.exit(e.kind() == FailureKind.USAGE ? 2 : 1);
        }
    }

    /// A window where there is a display, else the terminal of the program that asks, else
    /// pinentry.
    private static Prompt prompt(String pinentry) throws Refused {
        if (!pinentry.isEmpty()) {
            return new PinentryPrompt(List.of(pinentry), List.of());
        }
        var prompts = new ArrayList<Prompt>();
        // A JDK can be without the toolkit.
        if (System.getenv("DISPLAY") != null
                && ModuleLayer.boot().findModule("java.desktop").isPresent()) {
            prompts.add(new SwingPrompt());
        }
        prompts.add(new TerminalPrompt(Agent.user()));
        prompts.add(new PinentryPrompt(List.of("pinentry"), List.of()));
        return new FirstUsable(prompts);
    }

    private static Places places(ArrayDeque<String> args) throws Refused {
        var state = home("XDG_STATE_HOME", ".local/state").resolve("custodian");
        // Before this process hides: then what the system tells of it belongs to the superuser.
        var link = AgentSocket.of(System.getenv()).path();
        var sockets = Objects.requireNonNull(link.getParent());
        var pinentry = "";
        var passphrases = true;
        while (!args.isEmpty()) {
            var name = args.remove();
            if (name.equals("--no-passphrase")) {
                passphrases = false;
                continue;
            }
            var value = args.poll();
            if (value == null) {
                throw new Refused(FailureKind.USAGE, USAGE);
            }
            switch (name) {
                case "--state" -> state = Path.of(value);
                case "--sockets" -> sockets = Path.of(value);
                case "--pinentry" -> pinentry = value;
                default -> throw new Refused(FailureKind.USAGE, USAGE);
            }
        }
        return new Places(state, sockets, pinentry, passphrases);
    }

    private static Path home(String variable, String otherwise) {
        var set = System.getenv(variable);
        return set == null
                ? Path.of(Objects.requireNonNull(System.getProperty("user.home")), otherwise)
                : Path.of(set);
    }
}
