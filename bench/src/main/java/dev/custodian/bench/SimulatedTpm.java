package dev.custodian.bench;

import dev.custodian.device.tpm.TpmSocket;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A TPM that swtpm simulates, until this is closed. It takes one client at a time.
final class SimulatedTpm implements AutoCloseable {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_MILLIS = 5;

    private final Path folder;
    private final Process process;

    private SimulatedTpm(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    static SimulatedTpm start(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("state"));
        var line =
                List.of(
                        "swtpm",
                        "socket",
                        "--tpm2",
                        "--tpmstate",
                        "dir=" + folder.resolve("state"),
                        "--server",
                        "type=unixio,path=" + folder.resolve("s"),
                        "--ctrl",
                        // where tpm2-tss looks for it
                        "type=unixio,path=" + folder.resolve("s.ctrl"),
                        "--flags",
                        "not-need-init,startup-clear");
        var log = folder.resolve("log");
        var process =
                Program.builder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.to(log.toFile()))
                        .start();
        var tpm = new SimulatedTpm(folder, process);
        long began = System.nanoTime();
        while (!tpm.isHeard()) {
            if (!process.isAlive() || System.nanoTime() - began > LIMIT_NANOS) {
                tpm.close();
                throw new IOException("swtpm does not start: " + Files.readString(log));
            }
            Thread.sleep(POLL_MILLIS);
        }
        return tpm;
    }

    private boolean isHeard() {
        try (var _ = connect()) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    TpmSocket connect() throws IOException {
        return TpmSocket.connect(UnixDomainSocketAddress.of(folder.resolve("s")));
    }

    /// Runs a program of others with this TPM to its end, in this folder.
    void run(String... line) throws IOException, InterruptedException {
        var builder = Program.builder(List.of(line)).directory(folder.toFile());
        var tcti = "swtpm:path=" + folder.resolve("s");
        builder.environment().put("TPM2TOOLS_TCTI", tcti);
        builder.environment().put("TPM2OPENSSL_TCTI", tcti);
        Program.output(builder);
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(LIMIT_NANOS, TimeUnit.NANOSECONDS).join();
    }
}
