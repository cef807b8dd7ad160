package dev.custodian.agent;

import dev.custodian.agent.prompt.FirstUsable;
import dev.custodian.agent.prompt.PinentryPrompt;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.prompt.TerminalPrompt;
import dev.custodian.agent.prompt.desktop.SwingPrompt;
import dev.custodian.agent.session.StoreOption;
import dev.custodian.agent.unix.Inherited;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.AgentAddress;
import dev.custodian.link.AgentPipe;
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
            "custodian-agent [--state FOLDER] [--sockets FOLDER] [--pinentry PROGRAM]"
                    + " [--no-passphrase] [--device-store best[:SOCKET]|software|login|passphrase"
                    + "|tpm[:SOCKET]|card[:SLOT]]";

    private static final String USAGE_WINDOWS = "custodian-agent [--state FOLDER]";

    private Main() {}

    /// What the command line says.
    ///
    /// @param state the device's folder; empty for the usual one
    /// @param sockets empty for the usual ones
    /// @param pinentry the program that asks the person; empty to choose what asks
    /// @param passphrases whether a join asks for one; without, a device key of ours is a plain
    ///   file
    /// @param store as it was typed; empty for the usual one
    private record Options(
            String state, String sockets, String pinentry, boolean passphrases, String store) {}

    /// Serves until the process is told to end.
    public static void main(String[] args) throws InterruptedException {
        try {
            var options = options(new ArrayDeque<>(List.of(args)));
            switch (AgentAddress.of(System.getenv())) {
                case AgentSocket socket -> startOnUnix(options, socket);
                case AgentPipe pipe -> startOnWindows(options, pipe);
            }
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

    /// @param link found before this process hides: then what the system tells of it belongs to the
    ///   superuser
    private static void startOnUnix(Options options, AgentSocket link) throws Refused {
        var sockets =
                options.sockets.isEmpty()
                        ? Objects.requireNonNull(link.path().getParent())
                        : Path.of(options.sockets);
        start(
                new UnixPlatform(sockets, Inherited.sockets(System.getenv())),
                options,
                state(options, "XDG_STATE_HOME", ".local/state", "custodian"),
                prompt(options.pinentry),
                options.store.isEmpty() ? StoreOption.BEST : StoreOption.parse(options.store));
        System.out.println("SSH_AUTH_SOCK=" + sockets.resolve(Agent.SSH_SOCKET));
    }

    private static void startOnWindows(Options options, AgentPipe link) throws Refused {
        if (!options.sockets.isEmpty()
                || !options.pinentry.isEmpty()
                || !options.passphrases
                || !options.store.isEmpty()) {
            throw new Refused(FailureKind.USAGE, "On Windows: " + USAGE_WINDOWS);
        }
        start(
                new WindowsPlatform(link.name()),
                options,
                state(options, "LOCALAPPDATA", "AppData\\Local", "Custodian"),
                window(),
                StoreOption.SOFTWARE);
        System.out.println("listening at " + link.text());
    }

    private static void start(
            Platform platform, Options options, Path state, Prompt prompt, StoreOption store)
            throws Refused {
        var agent =
                Agent.start(platform, state, prompt, new Agent.Keys(store, options.passphrases));
        Runtime.getRuntime().addShutdownHook(new Thread(agent::close, "end"));
    }

    /// A window where there is a display, else the terminal of the program that asks, else
    /// pinentry.
    private static Prompt prompt(String pinentry) throws Refused {
        if (!pinentry.isEmpty()) {
            return new PinentryPrompt(List.of(pinentry), List.of());
        }
        var prompts = new ArrayList<Prompt>();
        if (System.getenv("DISPLAY") != null && hasToolkit()) {
            prompts.add(new SwingPrompt());
        }
        prompts.add(new TerminalPrompt(UnixPlatform.user()));
        prompts.add(new PinentryPrompt(List.of("pinentry"), List.of()));
        return new FirstUsable(prompts);
    }

    /// The only prompt that Windows has.
    private static Prompt window() throws Refused {
        if (!hasToolkit()) {
            throw new Refused(FailureKind.PROMPT_UNUSABLE, "This Java has no module java.desktop.");
        }
        return new SwingPrompt();
    }

    /// A JDK can be without it.
    private static boolean hasToolkit() {
        return ModuleLayer.boot().findModule("java.desktop").isPresent();
    }

    private static Options options(ArrayDeque<String> args) throws Refused {
        var state = "";
        var sockets = "";
        var pinentry = "";
        var passphrases = true;
        var store = "";
        while (!args.isEmpty()) {
            var name = args.remove();
            if (name.equals("--no-passphrase")) {
                passphrases = false;
                continue;
            }
            var value = args.poll();
            if (value == null || value.isEmpty()) {
                throw new Refused(FailureKind.USAGE, USAGE);
            }
            switch (name) {
                case "--state" -> state = value;
                case "--sockets" -> sockets = value;
                case "--pinentry" -> pinentry = value;
                case "--device-store" -> store = value;
                default -> throw new Refused(FailureKind.USAGE, USAGE);
            }
        }
        return new Options(state, sockets, pinentry, passphrases, store);
    }

    /// @param variable of the environment with the folder for all programs
    /// @param otherwise where in the home that is when it is not set
    private static Path state(Options options, String variable, String otherwise, String name) {
        if (!options.state.isEmpty()) {
            return Path.of(options.state);
        }
        var set = System.getenv(variable);
        return (set == null
                        ? Path.of(
                                Objects.requireNonNull(System.getProperty("user.home")), otherwise)
                        : Path.of(set))
                .resolve(name);
    }
}
