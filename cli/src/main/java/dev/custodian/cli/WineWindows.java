package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A Windows under Wine, with a Java for Windows, .NET and our key storage provider, as
/// `build/wine.sh` makes it in `target/wine`.
///
/// @param variables where all is, as in `target/wine/env`, and the screen
record WineWindows(Path home, Processes processes, Map<String, String> variables) {
    private static final String SETUP = "build/wine.sh";
    private static final int LIMIT_SECONDS = 180;

    /// Makes what is missing of it; tells on standard error what it does.
    ///
    /// @param home the top folder, as `./custodian` passes it
    /// @param display the screen for its windows
    static WineWindows setUp(Path home, Processes processes, String display)
            throws Refused, InterruptedException {
        var line = List.of("sh", home.resolve(SETUP).toString());
        var builder = new ProcessBuilder(line).redirectError(Redirect.INHERIT);
        if (processes.start(builder).waitFor() != 0) {
            throw new Refused(
                    FailureKind.FILE_UNREADABLE,
                    "There is no Windows under Wine: " + SETUP + " says why, above.");
        }
        var variables = new HashMap<>(Map.of("DISPLAY", display));
        try {
            for (var set : Files.readAllLines(home.resolve("target/wine/env"))) {
                int at = set.indexOf('=');
                variables.put(set.substring(0, at), set.substring(at + 1));
            }
        } catch (IOException _) {
            throw new Refused(FailureKind.FILE_UNREADABLE, SETUP + " left no target/wine/env.");
        }
        var windows = new WineWindows(home, processes, Map.copyOf(variables));
        windows.end();
        return windows;
    }

    /// Ends what still runs there, on another screen maybe.
    private void end() throws Refused, InterruptedException {
        var builder = new ProcessBuilder("wineserver", "-k").redirectErrorStream(true);
        builder.environment().putAll(variables);
        // It fails when nothing runs.
        var _ = processes.start(builder.redirectOutput(Redirect.DISCARD)).waitFor();
    }

    /// How programs there call a file of this machine.
    static String path(Path file) {
        return "Z:" + file.toAbsolutePath().toString().replace('/', '\\');
    }

    /// A program of ours, in Java.
    ///
    /// @param module `agent` or `cli`
    ProcessBuilder java(String module, String main, List<String> arguments) {
        var line = new ArrayList<String>();
        line.addAll(List.of(variable("WINDOWS_JAVA_HOME") + "/bin/java.exe"));
        line.addAll(List.of("-XX:-PrintWarnings", "-XX:+UseSerialGC", "-Xmx128m"));
        line.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
        line.add(path(home.resolve(module).resolve("target/lib")) + "\\*");
        line.add(main);
        line.addAll(arguments);
        return program(line);
    }

    /// The program in .NET (`it/wine/Sign.cs`).
    ProcessBuilder sign(String... arguments) {
        var line = new ArrayList<>(List.of(variable("WINDOWS_DOTNET31") + "/dotnet.exe"));
        line.add(path(Path.of(variable("WINDOWS_SIGN"))));
        line.addAll(List.of(arguments));
        return program(line);
    }

    private String variable(String name) {
        return variables.getOrDefault(name, "");
    }

    private ProcessBuilder program(List<String> windows) {
        var line = new ArrayList<>(List.of("wine"));
        line.addAll(windows);
        var builder = new ProcessBuilder(line);
        builder.environment().putAll(variables);
        // What it says is for this machine's Java.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        return builder;
    }

    /// Runs a program to its end.
    ///
    /// @return what it said on standard output
    String run(String what, ProcessBuilder builder, String input)
            throws Refused, InterruptedException {
        var said = processes.folder().resolve("windows.out");
        var complaints = processes.folder().resolve("windows.err");
        var typed = processes.folder().resolve("windows.in");
        try {
            Files.writeString(typed, input);
            var process =
                    processes.start(
                            builder.redirectInput(typed.toFile())
                                    .redirectOutput(said.toFile())
                                    .redirectError(complaints.toFile()));
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw ServerProgram.unforeseen(
                        what, Processes.log(said) + "\n" + Processes.log(complaints));
            }
            return Files.readString(said, StandardCharsets.UTF_8).replace("\r", "");
        } catch (IOException _) {
            throw new Refused(FailureKind.DISK_FULL, "The demo's folder could not be written.");
        }
    }
}
