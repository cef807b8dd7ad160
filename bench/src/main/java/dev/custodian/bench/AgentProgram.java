package dev.custodian.bench;

import dev.custodian.core.Id;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `./custodian agent` on the device in a folder, until this is closed. Pinentry's part is played
/// by a script that types the PIN.
final class AgentProgram implements AutoCloseable {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_MILLIS = 1;

    private final Process process;
    private final Path run;
    private final double startSeconds;

    private AgentProgram(Process process, Path run, double startSeconds) {
        this.process = process;
        this.run = run;
        this.startSeconds = startSeconds;
    }

    /// Returns as soon as the ssh door takes a connection.
    ///
    /// @param device the device's folder; empty for an agent that has joined nowhere
    /// @param run an own folder, short enough for a socket's path
    static AgentProgram start(Path device, Path run) throws IOException, InterruptedException {
        Files.createDirectories(run);
        var pinentry = pinentry(run);
        var builder =
                Program.builder(
                        List.of(
                                Program.HOME.resolve("custodian").toString(),
                                "agent",
                                "--state",
                                device.toString(),
                                "--sockets",
                                run.resolve("custodian").toString(),
                                "--pinentry",
                                pinentry.toString()));
        var log = run.resolve("agent.log");
        builder.environment().remove("DISPLAY");
        builder.redirectOutput(Redirect.DISCARD).redirectError(Redirect.appendTo(log.toFile()));
        var socket = UnixDomainSocketAddress.of(run.resolve("custodian/ssh.sock"));
        long began = System.nanoTime();
        var process = builder.start();
        while (!takes(socket)) {
            if (!process.isAlive() || System.nanoTime() - began > LIMIT_NANOS) {
                process.destroyForcibly();
                throw new IOException("the agent did not start: " + Files.readString(log));
            }
            Thread.sleep(POLL_MILLIS);
        }
        return new AgentProgram(process, run, (System.nanoTime() - began) / 1e9);
    }

    private static boolean takes(UnixDomainSocketAddress socket) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(socket);
        } catch (IOException e) {
            return false;
        }
    }

    private static Path pinentry(Path folder) throws IOException {
        var script = folder.resolve("pinentry");
        Files.writeString(
                script,
                """
                #!/bin/sh
                echo OK Pleased to meet you
                while read -r line; do
                    case $line in
                        GETPIN) printf 'D %s\\nOK\\n' ;;
                        *) echo OK ;;
                    esac
                done
                """
                        .formatted(Estate.PIN));
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }

    /// Wall time from the start of the command.
    double startSeconds() {
        return startSeconds;
    }

    long pid() {
        return process.pid();
    }

    /// Where p11-kit's client finds the PKCS#11 door.
    String address() {
        return "unix:path=" + run.resolve("custodian/p11.sock");
    }

    /// Lets a process sign so often without a question, as a person does who types `custodian
    /// consent grant`.
    void allow(Id credential, long program, int signatures)
            throws IOException, InterruptedException {
        command(
                "consent",
                "grant",
                credential.text(),
                "--process",
                "" + program,
                "--count",
                "" + signatures,
                "--minutes",
                "60");
    }

    /// Runs `custodian` with these words.
    void command(String... words) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of(Program.HOME.resolve("custodian").toString()));
        line.addAll(List.of(words));
        var builder = Program.builder(line);
        builder.environment().put("XDG_RUNTIME_DIR", run.toString());
        Program.output(builder);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(LIMIT_NANOS, TimeUnit.NANOSECONDS).join();
    }
}
