package dev.custodian.it;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// systemd's part in starting the agent, by `systemd-socket-activate`: it opens what the socket
/// unit names, and becomes the service's program when somebody connects.
final class SocketUnit implements AutoCloseable {
    private static final int LIMIT_SECONDS = 60;

    private final List<String> sockets;
    private final Process process;

    private SocketUnit(List<String> sockets, Process process) {
        this.sockets = sockets;
        this.process = process;
    }

    /// Listens as the units in `folder` say.
    ///
    /// @param home the user's, all that the program is told besides what its unit says
    static SocketUnit in(Path folder, Path home, Path log) throws Exception {
        var socket = Files.readString(folder.resolve("custodian-agent.socket"));
        return listening(values(socket, "ListenStream"), folder, home, log);
    }

    /// The same, on sockets that the unit does not name.
    static SocketUnit listening(List<String> sockets, Path folder, Path home, Path log)
            throws Exception {
        var service = Files.readString(folder.resolve("custodian-agent.service"));
        var line = new ArrayList<>(List.of("systemd-socket-activate", "-E", "HOME=" + home));
        for (var variable : values(service, "Environment")) {
            line.addAll(List.of("-E", variable.replace("\"", "")));
        }
        for (var socket : sockets) {
            // As DirectoryMode= of the unit makes it.
            var parent = Files.createDirectories(Path.of(socket).getParent());
            Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwx------"));
            line.addAll(List.of("-l", socket));
        }
        line.addAll(List.of("sh", "-c", "exec " + values(service, "ExecStart").getFirst()));
        var process =
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.appendTo(log.toFile()))
                        .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(LIMIT_SECONDS))
                .until(() -> listens(sockets, log));
        return new SocketUnit(sockets, process);
    }

    /// As it says itself: where the file is, nobody need listen yet.
    private static boolean listens(List<String> sockets, Path log) throws IOException {
        var said = Files.readString(log);
        return sockets.stream().allMatch(one -> said.contains("Listening on " + one + " as "));
    }

    private static List<String> values(String unit, String name) {
        return Pattern.compile("^" + name + "=(.*)$", Pattern.MULTILINE)
                .matcher(unit)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    List<String> sockets() {
        return sockets;
    }

    /// Its exit code, once it has ended by itself.
    int awaitEnd() throws Exception {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it goes on");
        }
        return process.exitValue();
    }

    /// Ends the program, as when its service is stopped.
    void end() {
        process.destroy();
        process.onExit().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    }

    /// The same, and removes the sockets.
    @Override
    public void close() throws IOException {
        end();
        for (var socket : sockets) {
            Files.deleteIfExists(Path.of(socket));
        }
    }
}
