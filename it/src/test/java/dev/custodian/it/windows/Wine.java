package dev.custodian.it.windows;

import dev.custodian.it.Fork;
import dev.custodian.it.Program;
import dev.custodian.it.prompt.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The Windows that `build/wine.sh` has made for this [Fork], as Wine plays it. One at a time: what
/// ran in it before is ended.
public final class Wine implements AutoCloseable {
    private static final Path MADE = Program.HOME.resolve("target/wine/env");

    private final Map<String, String> environment;

    private Wine(Map<String, String> environment) throws IOException, InterruptedException {
        this.environment = environment;
        end();
    }

    /// One without a screen.
    public static Wine start() throws IOException, InterruptedException {
        return new Wine(made());
    }

    /// One whose windows are on this screen.
    public static Wine on(Screen screen) throws IOException, InterruptedException {
        var environment = made();
        environment.put("DISPLAY", screen.display());
        return new Wine(environment);
    }

    private static Map<String, String> made() throws IOException {
        if (!Files.exists(MADE)) {
            throw new AssertionError(MADE + " is not there: `make it` runs build/wine.sh");
        }
        var environment = new HashMap<String, String>();
        for (var line : Files.readAllLines(MADE)) {
            var parts = line.split("=", 2);
            environment.put(parts[0], parts[1]);
        }
        if (Fork.NUMBER > 1) {
            environment.merge("WINEPREFIX", "-" + Fork.NUMBER, String::concat);
        }
        environment.put("JAVA_HOME", path(Path.of(environment.get("WINDOWS_JAVA_HOME"))));
        // Without a screen of our own, none of whoever runs the tests.
        environment.put("DISPLAY", "");
        return environment;
    }

    /// A variable that `build/wine.sh` has set, such as `WINDOWS_DOTNET31`.
    public Path made(String variable) {
        var made = environment.get(variable);
        if (made == null) {
            throw new AssertionError(variable + " is not in " + MADE);
        }
        return Path.of(made);
    }

    /// The drive `C:`.
    public Path drive() {
        return made("WINEPREFIX").resolve("drive_c");
    }

    /// What a Linux path is called there.
    public static String path(Path path) {
        return "Z:" + path.toAbsolutePath().normalize().toString().replace('/', '\\');
    }

    /// The command line, after `wine`, of a Java program.
    ///
    /// @param classes the class path: folders, jars, or a folder and `/*` for its jars
    public List<String> java(List<Path> classes, String main, String... arguments) {
        var line = new ArrayList<String>();
        line.add(made("WINDOWS_JAVA_HOME").resolve("bin/java.exe").toString());
        // Wine cannot tell it on which processors it runs, which it would complain of.
        line.addAll(List.of("-XX:-PrintWarnings", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        line.add("--enable-native-access=ALL-UNNAMED");
        line.add("-cp");
        line.add(String.join(";", classes.stream().map(Wine::path).toList()));
        line.add(main);
        line.addAll(List.of(arguments));
        return line;
    }

    /// Runs a Windows program in a folder to its end.
    public Program.Ran run(Path folder, List<String> line)
            throws IOException, InterruptedException {
        return Program.run(folder, environment, wine(line));
    }

    /// A Windows program that is not started yet.
    public ProcessBuilder program(List<String> line) {
        var builder = new ProcessBuilder(wine(line));
        builder.environment().putAll(environment);
        return builder;
    }

    private static List<String> wine(List<String> line) {
        var all = new ArrayList<>(List.of("wine"));
        all.addAll(line);
        return all;
    }

    /// Ends all that runs there, as switching it off does.
    public void end() throws IOException, InterruptedException {
        // It fails when nothing runs.
        var _ = Program.run(Program.HOME, environment, List.of("wineserver", "-k"));
        Program.run(Program.HOME, environment, List.of("wineserver", "-w")).orFail();
    }

    @Override
    public void close() throws IOException {
        try {
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
