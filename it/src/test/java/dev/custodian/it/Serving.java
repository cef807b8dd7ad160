package dev.custodian.it;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A server process that serves until this is closed.
public final class Serving implements AutoCloseable {
    private static final int LIMIT_SECONDS = 60;

    private final Process process;
    private final BufferedReader out;
    private final Path log;
    private final URI url;

    private Serving(Process process, Path log) throws Exception {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.log = log;
        var ready = line();
        // the product prints an object, our own main the URL alone
        this.url = URI.create(ready.replaceFirst(".*\"url\":\"([^\"]*)\".*", "$1"));
    }

    /// Starts the product.
    static Serving product(Path config, Path log, Map<String, String> environment)
            throws Exception {
        return start(
                environment,
                Program.line(
                        Program.HOME.resolve("custodian-server"),
                        "run",
                        "--config",
                        config.toString()),
                log);
    }

    /// Starts the product with classes that are found before its own.
    static Serving shippedWith(Path classes, Path config, Path log, Map<String, String> environment)
            throws Exception {
        return start(
                environment,
                List.of(
                        java(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classes + File.pathSeparator + Program.HOME.resolve("server/target/lib/*"),
                        "dev.custodian.server.Main",
                        "run",
                        "--config",
                        config.toString()),
                log);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin/java").toString();
    }

    /// Starts the product's objects in our own main.
    static Serving observed(Path config, Path bodies, Path log, Map<String, String> environment)
            throws Exception {
        return start(
                environment,
                List.of(
                        java(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ObservedServer.class.getName(),
                        config.toString(),
                        bodies.toString()),
                log);
    }

    /// Starts the product's objects in a main of our own that lies.
    static Serving lying(Path config, Path log) throws Exception {
        return start(
                List.of(
                        java(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LyingServer.class.getName(),
                        config.toString()),
                log);
    }

    /// Starts the product with its data folder copied into a small file system that only it sees.
    static Serving onSmallDisk(Path config, String size, Path log) throws Exception {
        var data = String.valueOf(config.getParent());
        return start(
                List.of(
                        "unshare",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-ec",
                        "cp -a \"$1\" \"$1.copy\"; mount -t tmpfs -o size="
                                + size
                                + " tmpfs \"$1\""
                                + "; cp -a \"$1.copy/.\" \"$1/\"; exec \"$0\" run --config \"$2\"",
                        Program.HOME.resolve("custodian-server").toString(),
                        data,
                        config.toString()),
                log);
    }

    long pid() {
        return process.pid();
    }

    /// A path as the process sees it, whatever is mounted there for it.
    Path seenByIt(Path path) {
        return Path.of("/proc/" + process.pid() + "/root" + path.toAbsolutePath());
    }

    private static Serving start(List<String> line, Path log) throws Exception {
        return start(Map.of(), line, log);
    }

    private static Serving start(Map<String, String> environment, List<String> line, Path log)
            throws Exception {
        var builder = new ProcessBuilder(line).redirectError(Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // gcore writes whatever is reserved: without limits 9 GB
        builder.environment().put("JDK_JAVA_OPTIONS", "-Xmx256m -XX:CompressedClassSpaceSize=64m");
        var process = builder.start();
        try {
            return new Serving(process, log);
        } catch (Exception | AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private String line() throws Exception {
        var line =
                CompletableFuture.supplyAsync(
                                () -> {
                                    try {
                                        return out.readLine();
                                    } catch (IOException e) {
                                        throw new AssertionError(e);
                                    }
                                },
                                Thread::startVirtualThread)
                        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("the server ended: " + Files.readString(log));
        }
        return line;
    }

    /// Where it serves.
    public URI url() {
        return url;
    }

    /// What it has logged so far.
    public String logged() throws IOException {
        return Files.readString(log);
    }

    /// Puts the clock of an observed server forward.
    void forward(Duration time) throws Exception {
        command(time.toString());
    }

    /// Has a lying server tell this lie from now on.
    void lie(String lie) throws Exception {
        command(lie);
    }

    private void command(String command) throws Exception {
        Writer in = process.outputWriter(StandardCharsets.UTF_8);
        in.write(command + "\n");
        in.flush();
        if (!line().equals(command)) {
            throw new AssertionError("the server does not do: " + command);
        }
    }

    /// Ends it as SIGKILL does.
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// Ends it in order.
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.destroy();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
