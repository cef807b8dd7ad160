package dev.custodian.it.hsm;

import static org.awaitility.Awaitility.await;

import dev.custodian.it.Listening;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A module in a process of its own, which can be killed: p11-kit's server around it.
final class P11KitServer {
    private static final Path PROGRAM = Path.of("/usr/libexec/p11-kit/p11-kit-server");
    private static final Path CLIENT =
            Path.of("/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so");

    private final Hsm real;
    private final Path folder;
    private Process process;

    P11KitServer(Hsm real, Path folder) throws Exception {
        this.real = real;
        this.folder = folder;
        this.process = start();
    }

    private Path socket() {
        return folder.resolve("p11-kit.sock");
    }

    /// The token, through the server.
    Hsm hsm() {
        return real.in(CLIENT, Map.of("P11_KIT_SERVER_ADDRESS", "unix:path=" + socket()));
    }

    private Process start() throws IOException {
        var builder =
                new ProcessBuilder(
                                List.of(
                                        PROGRAM.toString(),
                                        "--foreground",
                                        "--provider",
                                        real.library().toString(),
                                        "--name",
                                        socket().toString(),
                                        "pkcs11:token=" + real.label()))
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.appendTo(folder.resolve("p11-kit.log").toFile()));
        builder.environment().putAll(real.environment());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        var started = builder.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> Listening.at(socket()));
        return started;
    }

    /// Ends it with all that it has under way, as a crash does.
    void kill() throws Exception {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        Files.deleteIfExists(socket());
    }

    void startAgain() throws Exception {
        process = start();
    }
}
