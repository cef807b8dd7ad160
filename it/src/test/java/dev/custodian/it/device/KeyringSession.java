package dev.custodian.it.device;

import static org.awaitility.Awaitility.await;

import dev.custodian.device.login.KeyringSeal;
import dev.custodian.device.login.LoginException;
import dev.custodian.device.login.SecretService;
import dev.custodian.it.Listening;
import dev.custodian.it.Program;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A login with a bus of its own, a home of its own and maybe gnome-keyring on it: nothing of the
/// desktop of whoever runs the tests. Nobody is there to be asked.
public final class KeyringSession implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// For the person who is not there.
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String CONFIG =
            """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>session</type>
              <listen>unix:path=SOCKET</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow send_destination="*"/>
                <allow receive_sender="*"/>
                <allow own="*"/>
              </policy>
            </busconfig>
            """;

    private final Path folder;
    private final List<Process> processes = new ArrayList<>();

    private KeyringSession(Path folder) {
        this.folder = folder;
    }

    /// A login without a keyring.
    ///
    /// @param folder short: sockets lie in it
    public static KeyringSession start(Path folder) throws Exception {
        for (var part : List.of("", "home", "run")) {
            var made = Files.createDirectories(folder.resolve(part));
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx------"));
        }
        var session = new KeyringSession(folder);
        var config = folder.resolve("bus.conf");
        Files.writeString(config, CONFIG.replace("SOCKET", session.socket().toString()));
        session.run("", "dbus-daemon", "--nofork", "--config-file=" + config);
        try {
            await().atMost(LIMIT).until(() -> Listening.at(session.socket()));
        } catch (RuntimeException e) {
            session.close();
            throw new AssertionError(Files.readString(folder.resolve("log")), e);
        }
        return session;
    }

    /// Starts gnome-keyring, unlocked.
    public KeyringSession withKeyring() throws Exception {
        run(
                "the login's password",
                "gnome-keyring-daemon",
                "--foreground",
                "--unlock",
                "--components=secrets");
        await().atMost(LIMIT).until(this::hasDefault);
        return this;
    }

    private boolean hasDefault() throws Exception {
        return send("ReadAlias", "string:default").out().contains("/collection/");
    }

    private void run(String typed, String... line) throws IOException {
        var builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.redirectOutput(Redirect.appendTo(folder.resolve("log").toFile()));
        builder.environment().putAll(environment());
        try {
            var process = builder.start();
            processes.add(process);
            try (var in = process.getOutputStream()) {
                in.write(typed.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            throw new AssertionError(line[0] + " is not there: `make it` installs it", e);
        }
    }

    Path socket() {
        return folder.resolve("b");
    }

    /// What programs of this login have in their environment.
    public Map<String, String> environment() {
        return Map.of(
                "DBUS_SESSION_BUS_ADDRESS",
                "unix:path=" + socket(),
                "HOME",
                folder.resolve("home").toString(),
                "XDG_RUNTIME_DIR",
                folder.resolve("run").toString(),
                "XDG_DATA_HOME",
                folder.resolve("home/.local/share").toString());
    }

    /// Calls a method of the keyring by a program of others.
    private Program.Ran send(String method, String argument) throws Exception {
        return program(
                "dbus-send",
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.secrets",
                "/org/freedesktop/secrets",
                "org.freedesktop.Secret.Service." + method,
                argument);
    }

    /// Locks the keyring, as a desktop does by itself.
    public void lock() throws Exception {
        send("Lock", "array:objpath:/org/freedesktop/secrets/collection/login").orFail();
    }

    /// Ends the keyring and starts it anew, unlocked, as the next login does.
    public void unlock() throws Exception {
        var running = processes.removeLast();
        running.destroy();
        running.onExit().join();
        withKeyring();
    }

    /// Runs a program of others in this login.
    public Program.Ran program(String... line) throws Exception {
        return Program.run(folder, environment(), List.of(line));
    }

    SecretService open() throws LoginException {
        return SecretService.open(socket(), LIMIT, PATIENCE);
    }

    KeyringSeal seal() {
        return new KeyringSeal(this::open, new SecureRandom());
    }

    @Override
    public void close() {
        for (var process : processes.reversed()) {
            process.destroy();
            process.onExit().join();
        }
    }
}
