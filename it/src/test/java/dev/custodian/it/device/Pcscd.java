package dev.custodian.it.device;

import static org.awaitility.Awaitility.await;

import dev.custodian.it.Fork;
import dev.custodian.it.Listening;
import dev.custodian.it.Program;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/// The service for smart cards, with one virtual reader of two slots and out of sight of the
/// machine's own. Needs root.
///
/// The JDK opens PC/SC once in a process, so this process has one service, which lives as long; a
/// test that ends one has it, and whoever meets the end, in processes of their own.
public final class Pcscd implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SOCKET = "PCSCLITE_CSOCK_NAME";

    /// Ends with our process, whose end of the pipe then closes.
    private static final String SCRIPT =
            """
            mount -t tmpfs tmpfs /run
            mkdir /run/pcscd
            mount --bind "$0" /run/pcscd
            pcscd --foreground --error --config "$1" &
            pid=$!
            cat >/dev/null
            kill $pid
            wait $pid || :
            rm -r "$2"
            """;

    private static @Nullable Pcscd shared;

    private final Path folder;
    private final int port;
    private final Process process;

    private Pcscd(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /// The one of this process, which `javax.smartcardio` finds.
    public static synchronized Pcscd shared() throws IOException {
        if (shared == null) {
            var started = start();
            setEnvironment(SOCKET, started.socket().toString());
            shared = started;
        }
        return shared;
    }

    /// One of the test's own.
    static Pcscd start() throws IOException {
        var folder = Files.createTempDirectory("pcscd-");
        int port = twoPorts();
        Files.writeString(
                folder.resolve("reader.conf"),
                """
                FRIENDLYNAME "Virtual PCD"
                DEVICENAME /dev/null:%d
                LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so
                CHANNELID %d
                """
                        .formatted(port, port));
        var run = Files.createDirectory(folder.resolve("run"));
        var log = folder.resolve("log");
        var line =
                List.of(
                        "unshare",
                        "-m",
                        "--propagation",
                        "private",
                        "sh",
                        "-euc",
                        SCRIPT,
                        run.toString(),
                        folder.resolve("reader.conf").toString(),
                        folder.toString());
        var process =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.to(log.toFile()))
                        .start();
        var pcscd = new Pcscd(folder, port, process);
        if (!pcscd.isUp()) {
            throw new AssertionError("pcscd does not start:\n" + Files.readString(log));
        }
        return pcscd;
    }

    private boolean isUp() {
        try {
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !process.isAlive() || Listening.at(socket()));
            return process.isAlive();
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    /// The second slot listens beside the first.
    private static int twoPorts() {
        int first = Fork.port();
        for (int second = Fork.port(); second != first + 1; second = Fork.port()) {
            first = second;
        }
        return first;
    }

    /// `System.getenv` is a copy: the library looks into the real one, once.
    @SuppressWarnings("restricted")
    private static void setEnvironment(String name, String value) {
        var linker = Linker.nativeLinker();
        var setenv =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("setenv"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_INT));
        try (var arena = Arena.ofConfined()) {
            int failed =
                    (int)
                            setenv.invokeExact(
                                    arena.allocateFrom(name), arena.allocateFrom(value), 1);
            if (failed != 0) {
                throw new AssertionError("setenv");
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private Path socket() {
        return folder.resolve("run/pcscd.comm");
    }

    /// Where the card for the first slot connects to.
    int port() {
        return port;
    }

    /// What a process needs to find this one.
    Map<String, String> environment() {
        return Map.of(SOCKET, socket().toString());
    }

    /// Runs a program of others with these readers, in a folder.
    Program.Ran run(Path in, String... line) throws IOException, InterruptedException {
        return Program.run(in, environment(), List.of(line));
    }

    /// Ends it at once.
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("pcscd does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
