package dev.custodian.server.http;

import static dev.custodian.server.http.RawClient.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The load of [IdleConnectionsTest] tenfold. Named so that an ordinary build does not run it; the
/// long run asks for it by name. Both ends need 10,000 open files, so the clients are a process of
/// their own.
@Tag("soak")
@Timeout(600)
class TenThousandIdleConnections {
    private static final int COUNT = 10_000;
    private static final long OCTETS_EACH = 64 << 10;

    @Test
    void areHeldInLittleMemoryAndStillAnswered() throws Exception {
        try (var server = IdleConnectionsTest.start(12_000);
                var other = RawClient.connect(server.port())) {
            long before = usedMemory();
            var clients = clients(server.port());
            try (BufferedReader said = clients.inputReader(UTF_8)) {
                assertThat(said.readLine()).isEqualTo("open");
                assertThat(server.connections()).isEqualTo(COUNT + 1);
                assertThat(usedMemory() - before).isLessThan(COUNT * OCTETS_EACH);
                other.socket().setSoTimeout(3000);
                assertThat(other.ask(request("GET /livez")).status()).isEqualTo(200);
                clients.getOutputStream().write('\n');
                clients.getOutputStream().flush();
                assertThat(said.readLine()).isEqualTo(String.valueOf(COUNT / 10));
            } finally {
                clients.destroyForcibly().waitFor();
            }
        }
    }

    private static Process clients(int port) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx2g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdleConnections.class.getName(),
                        String.valueOf(port),
                        String.valueOf(COUNT))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
