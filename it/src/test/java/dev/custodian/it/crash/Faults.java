package dev.custodian.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;

/// What is done to a server beside killing it.
final class Faults {
    /// How long the callers meet each state.
    private static final long A_WHILE = Duration.ofSeconds(2).toNanos();

    private static final String FULL = "refused " + FailureKind.STORAGE_FULL.id();
    private static final Duration MINUTES = Duration.ofMinutes(10);
    private static final Duration EVERY_LIFETIME = Duration.ofHours(25);

    private Faults() {}

    /// Steps the server's clock ten minutes forward, back again, and ten minutes back, under load.
    static void stepClock(CrashRun run, int times) throws Exception {
        try (var server = run.start()) {
            for (int i = 0; i < times; i++) {
                for (var off : new Duration[] {MINUTES, Duration.ZERO, MINUTES.negated()}) {
                    server.obey("clock " + off);
                    LockSupport.parkNanos(A_WHILE);
                }
                server.obey("clock " + Duration.ZERO);
                awaitReceived(run);
            }
        }
    }

    /// Stops the server in the middle of its work, and lets it go on in a world where every token,
    /// nonce, intent and authorization has ended long ago.
    ///
    /// @param seconds how long it really stands still
    static void standStill(CrashRun run, int seconds) throws Exception {
        try (var server = run.start()) {
            awaitReceived(run);
            server.signal("STOP");
            var later = "clock " + EVERY_LIFETIME;
            server.tell(later);
            LockSupport.parkNanos(Duration.ofSeconds(seconds).toNanos());
            server.signal("CONT");
            server.obeyed(later);
            LockSupport.parkNanos(A_WHILE);
            server.obey("clock " + Duration.ZERO);
            awaitReceived(run);
        }
    }

    /// Fills the disk that holds the data folder, under load, and makes room again or kills the
    /// server while nothing fits any more, by turns.
    static void fillDisk(CrashRun run, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            try (var disk = new SmallDisk(run.estate());
                    var server = run.startOn(disk)) {
                awaitReceived(run);
                int refused = run.load().counted(FULL);
                disk.fill(server);
                run.load().await(FULL, refused + 1);
                if (i % 2 == 0) {
                    disk.makeRoom(server);
                    awaitReceived(run);
                } else {
                    run.killIn(server);
                }
            }
        }
    }

    /// Waits until clients have received more than now.
    static void awaitReceived(CrashRun run) {
        run.load().await("received", run.load().counted("received") + 10);
    }

    /// Cuts the connection after each `step`th octet of a request to sign. Nothing may come of a
    /// part of it, and after each cut the whole must work, with the same signature.
    static void cut(Path folder, int step) throws Exception {
        var estate = Estate.make(folder);
        try (var server = ServerProcess.start(estate)) {
            var agent = estate.enrol(server.url(), KeyAlgorithm.P256).getFirst();
            var approval = agent.approve(1);
            assertThat(agent.authorize(approval).failure()).isEmpty();
            var signing = agent.signing(approval, approval.digests);
            var request = agent.octets("signatures/signHash", signing);
            for (int length = 0; length < request.length; length += step) {
                send(agent, server, Arrays.copyOf(request, length), false);
            }
            assertThat(Files.readString(estate.log(CrashServer.MADE))).isEmpty();
            var first = whole(agent, server, request);
            for (int length = 1; length < request.length; length += step) {
                send(agent, server, Arrays.copyOf(request, length), false);
                assertThat(whole(agent, server, request)).isEqualTo(first);
            }
            assertThat(Files.readAllLines(estate.log(CrashServer.MADE))).hasSize(1);
        }
    }

    private static String whole(Agent agent, ServerProcess server, byte[] request)
            throws Exception {
        var answer = send(agent, server, request, true);
        assertThat(answer).startsWith("HTTP/1.1 200 ");
        return answer.substring(answer.indexOf("\"signatures\""));
    }

    /// Sends octets on a connection of their own; cuts it then, or reads the answer.
    private static String send(Agent agent, ServerProcess server, byte[] octets, boolean listen)
            throws IOException {
        var url = server.url();
        try (var socket =
                (SSLSocket)
                        agent.tls().getSocketFactory().createSocket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(octets);
            socket.getOutputStream().flush();
            return listen
                    ? new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    : "";
        }
    }
}
