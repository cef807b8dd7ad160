package dev.custodian.it;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A program that a test runs to its end. One that is missing makes the test fail and says so.
public final class Program {
    /// The top folder of the sources.
    public static final Path HOME = Path.of(System.getProperty("custodian.home"));

    /// The variable that says where the bus of a login is, by which an agent finds a keyring.
    static final String BUS = "DBUS_SESSION_BUS_ADDRESS";

    /// Where no bus is: the keyring of whoever runs the tests is left alone.
    static final String NO_BUS = "disabled:";

    private static final Path PYTHON = HOME.resolve("target/python/bin");
    private static final int LIMIT_SECONDS = 180;

    private Program() {}

    /// What a program said, and how it ended.
    public record Ran(int exit, String out, String err) {
        /// Both, for one who only looks for a sentence.
        public String said() {
            return out + err;
        }

        /// Fails with all that was said unless the program ended well.
        public Ran orFail() {
            if (exit != 0) {
                throw new AssertionError("ended with " + exit + ":\n" + said());
            }
            return this;
        }
    }

    /// Runs a program of the system, and never lets it wait for a terminal.
    public static Ran run(String... line) throws IOException, InterruptedException {
        return run(HOME, Map.of(), List.of(line));
    }

    /// Runs a program that `build/python.sh` has installed.
    static Ran python(String name, String... arguments) throws IOException, InterruptedException {
        return python(Map.of(), name, List.of(arguments));
    }

    /// The same in an environment.
    static Ran python(Map<String, String> environment, String name, List<String> arguments)
            throws IOException, InterruptedException {
        return run(HOME, environment, line(PYTHON.resolve(name), arguments.toArray(String[]::new)));
    }

    /// Runs `./custodian`.
    static Ran custodian(String... arguments) throws IOException, InterruptedException {
        return run(HOME, Map.of(), line(HOME.resolve("custodian"), arguments));
    }

    /// Runs `./custodian-server`.
    static Ran server(String... arguments) throws IOException, InterruptedException {
        return server(Map.of(), arguments);
    }

    /// Runs `./custodian-server` in an environment.
    public static Ran server(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return run(HOME, environment, line(HOME.resolve("custodian-server"), arguments));
    }

    static List<String> line(Path program, String... arguments) {
        var line = new ArrayList<String>();
        line.add(program.toString());
        line.addAll(List.of(arguments));
        return line;
    }

    /// Runs a program in a folder.
    public static Ran run(Path folder, Map<String, String> environment, List<String> line)
            throws IOException, InterruptedException {
        var errors = Files.createTempFile("custodian-it-", ".err");
        try {
            var builder =
                    new ProcessBuilder(line)
                            .directory(folder.toFile())
                            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                            .redirectError(errors.toFile());
            // The scripts find their JDK as for everybody; this one is certainly new enough.
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().put(BUS, NO_BUS);
            builder.environment().putAll(environment);
            var process = start(builder, line);
            var out =
                    CompletableFuture.supplyAsync(() -> text(process), Thread::startVirtualThread);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError(line + " did not end in " + LIMIT_SECONDS + " s");
            }
            return new Ran(process.exitValue(), out.join(), Files.readString(errors));
        } finally {
            Files.deleteIfExists(errors);
        }
    }

    private static Process start(ProcessBuilder builder, List<String> line) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new AssertionError(
                    line.getFirst() + " is not there: `make it` installs what these tests need", e);
        }
    }

    private static String text(Process process) {
        try (var out = process.getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
