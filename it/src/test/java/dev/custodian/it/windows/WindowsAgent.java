package dev.custodian.it.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.json.Json;
import dev.custodian.it.Installation;
import dev.custodian.it.Program;
import dev.custodian.it.Serving;
import dev.custodian.it.prompt.Observed;
import dev.custodian.it.prompt.Screen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A Windows machine under Wine with the shipped agent and the shipped command, a person who looks
/// at its screen and types, and a server on Linux.
public final class WindowsAgent implements AutoCloseable {
    /// What the person chooses.
    public static final String PIN = "274913";

    private static final int LIMIT_SECONDS = 180;

    private final Path folder;
    private final Installation installation;
    private final Serving serving;
    private final Screen screen;
    private final Wine wine;
    private @Nullable Process process;
    private @Nullable Observed windows;

    private WindowsAgent(
            Path folder, Installation installation, Serving serving, Screen screen, Wine wine) {
        this.folder = folder;
        this.installation = installation;
        this.serving = serving;
        this.screen = screen;
        this.wine = wine;
    }

    /// Starts server, screen and agent. The machine is no device yet.
    ///
    /// @param folder for the server's data, what is typed, and the logs
    public static WindowsAgent start(Path folder) throws Exception {
        var installation = Installation.in(folder);
        var serving = installation.serve();
        var screen = Screen.start(folder, 1280, 1024);
        var machine = new WindowsAgent(folder, installation, serving, screen, Wine.on(screen));
        try {
            Files.createDirectories(machine.home());
            machine.forget();
            machine.startAgent();
            return machine;
        } catch (Exception | AssertionError e) {
            machine.close();
            throw e;
        }
    }

    public Installation installation() {
        return installation;
    }

    public Wine wine() {
        return wine;
    }

    public Screen screen() {
        return screen;
    }

    /// Where commands are typed.
    public Path home() {
        return folder.resolve("home");
    }

    /// What the agent keeps: `%LOCALAPPDATA%\Custodian`.
    public Path state() throws IOException {
        try (var users = Files.list(wine.drive().resolve("users"))) {
            return users.filter(user -> !user.endsWith("Public"))
                    .map(user -> user.resolve("AppData/Local/Custodian"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /// What an earlier run left.
    private void forget() throws IOException {
        if (!Files.exists(state())) {
            return;
        }
        try (var files = Files.walk(state())) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// The classes of these tests, for programs of ours that run there.
    static Path classes() {
        return Path.of(
                WindowsAgent.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    /// The jars of a program as shipped.
    static Path lib(String module) {
        return Program.HOME.resolve(module).resolve("target/lib/*");
    }

    /// Starts the agent and waits until it listens.
    public void startAgent() throws IOException {
        var said = folder.resolve("agent.out");
        Files.writeString(said, "");
        var started = agent().redirectOutput(said.toFile()).start();
        process = started;
        windows = new Observed(started, said);
        await().atMost(Observed.LIMIT)
                .failFast(() -> assertThat(started.isAlive()).as(log()).isTrue())
                .until(() -> Files.readString(said).startsWith("listening at "));
    }

    /// The agent, not started.
    ProcessBuilder agent() {
        return wine.program(
                        wine.java(List.of(lib("agent"), classes()), WatchedAgent.class.getName()))
                .directory(home().toFile())
                .redirectError(Redirect.appendTo(folder.resolve("agent.log").toFile()));
    }

    /// What the agent has logged.
    public String log() {
        try {
            return Files.readString(folder.resolve("agent.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends the agent as an operating system does that has no memory left.
    public void kill() {
        var running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
        }
    }

    /// Types `custodian` and these words, and waits for the end.
    public Program.Ran custodian(String... words) throws Exception {
        return wine.run(home(), line(words));
    }

    /// The same, by the script `custodian.cmd`.
    Program.Ran launcher(String... words) throws Exception {
        var line = new ArrayList<>(List.of("cmd", "/c"));
        line.add(Wine.path(Program.HOME.resolve("custodian.cmd")));
        line.addAll(List.of(words));
        return wine.run(home(), line);
    }

    /// The same, for a command that waits for the person.
    public CompletableFuture<Program.Ran> begin(String... words) {
        return begin(line(words));
    }

    /// Starts a Windows program that waits for the person.
    public CompletableFuture<Program.Ran> begin(List<String> line) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return wine.run(home(), line);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    /// What came of it.
    public static Program.Ran ended(CompletableFuture<Program.Ran> begun) throws Exception {
        return begun.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private List<String> line(String... words) {
        return wine.java(List.of(lib("cli")), "dev.custodian.cli.Main", words);
    }

    /// What the person sees.
    public Observed windows() {
        var seen = windows;
        if (seen == null) {
            throw new AssertionError("the agent was not started");
        }
        return seen;
    }

    /// An invitation for an owner.
    String invite() throws Exception {
        return installation.invite(serving.url()).expose();
    }

    /// Joins as a new owner, who chooses [#PIN] and writes the code down.
    public Id join() throws Exception {
        var joining = begin("join", invite(), "--json", "--name", "pc");
        windows().awaitWindow("Choose the PIN");
        screen.type(PIN);
        screen.press("Return");
        windows().awaitFocus("password text:Again");
        screen.type(PIN);
        screen.press("Return");
        windows().awaitFocus("push button:Continue");
        screen.press("Return");
        windows().awaitWindow("Write down your recovery code");
        screen.press("alt+i");
        var answer = Json.parse(Bytes.utf8(ended(joining).orFail().out().strip()), 1 << 16);
        return Id.parse(Id.Kind.OWNER, Json.members(answer, "it").text("owner"));
    }

    /// Waits for a question whose title begins so, types [#PIN] and approves.
    public void approve(String title) throws Exception {
        windows().awaitWindow(title);
        screen.type(PIN);
        screen.press("Return");
        windows().awaitFocus("push button:Approve");
        screen.press("Return");
    }

    /// Waits for a question whose title begins so and says no.
    public void refuse(String title) throws Exception {
        windows().awaitWindow(title);
        screen.press("Escape");
    }

    /// Ends the server.
    void stopServer() throws Exception {
        serving.close();
    }

    @Override
    public void close() throws IOException {
        try (serving;
                screen;
                wine) {
            kill();
        }
    }
}
