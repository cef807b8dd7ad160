package dev.custodian.it.device;

import static org.awaitility.Awaitility.await;

import dev.custodian.device.tpm.TpmSocket;
import dev.custodian.it.Program;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionTimeoutException;

/// A simulated TPM with its state in a folder: raw, three objects at once and no resource manager.
/// Takes one client at a time.
final class Swtpm implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final Path socket;
    private final Process process;

    private Swtpm(Path folder, Path socket, Process process) {
        this.folder = folder;
        this.socket = socket;
        this.process = process;
    }

    /// Starts one over the state in this folder; a new one when there is none.
    static Swtpm start(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("state"));
        var socket = folder.resolve("s");
        var line =
                List.of(
                        "swtpm",
                        "socket",
                        "--tpm2",
                        "--tpmstate",
                        "dir=" + folder.resolve("state"),
                        "--server",
                        "type=unixio,path=" + socket,
                        "--ctrl",
                        // where tpm2-tss looks for it
                        "type=unixio,path=" + socket + ".ctrl",
                        "--flags",
                        "not-need-init,startup-clear");
        var log = folder.resolve("log");
        var swtpm = new Swtpm(folder, socket, start(line, log));
        if (!swtpm.isUp()) {
            swtpm.close();
            throw new AssertionError("swtpm does not start:\n" + Files.readString(log));
        }
        return swtpm;
    }

    private static Process start(List<String> line, Path log) {
        try {
            return new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.to(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new AssertionError("swtpm is not there: `make it` installs it", e);
        }
    }

    private boolean isUp() {
        try {
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !process.isAlive() || isHeard());
            return process.isAlive();
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private boolean isHeard() {
        try (var _ = connect()) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    TpmSocket connect() throws IOException {
        return TpmSocket.connect(UnixDomainSocketAddress.of(socket));
    }

    /// Runs a program of others with this TPM, in this folder.
    Program.Ran run(String... line) throws IOException, InterruptedException {
        var tcti = "swtpm:path=" + socket;
        return Program.run(
                folder, Map.of("TPM2TOOLS_TCTI", tcti, "TPM2OPENSSL_TCTI", tcti), List.of(line));
    }

    long pid() {
        return process.pid();
    }

    Path socket() {
        return socket;
    }

    Path folder() {
        return folder;
    }

    /// Ends it without a shutdown of the TPM.
    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(LIMIT)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var _ = process.destroyForcibly();
    }
}
