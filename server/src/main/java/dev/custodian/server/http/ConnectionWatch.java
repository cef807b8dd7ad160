package dev.custodian.server.http;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;

/// Ends connections that take too long over a handshake, over the head of a request, or over
/// beginning one. The library's idle time-out does not: each octet begins it anew, and one octet
/// every few seconds holds a connection for good.
///
/// Looks at every connection once a second at most and closes those that are in the same phase of
/// the same request for longer than that phase may last. For HTTP/2, a connection without an open
/// stream is quiet; this includes one that sends the head of a request in small pieces.
///
/// The only class that names `org.eclipse.jetty.server.internal`, which an update may change; its
/// test sends single octets and fails then.
final class ConnectionWatch {
    private enum Phase {
        HANDSHAKE,
        HEAD,
        BUSY,
        QUIET,
        CLOSING
    }

    private record Seen(Phase phase, long request, long sinceNanos) {}

    // On a stop: for a client to read its last answer and close.
    private static final Duration LINGER = Duration.ofMillis(500);

    private final ServerConnector connector;
    private final Duration head;
    private final Duration idle;
    private final Duration interval;
    private final Map<EndPoint, Seen> seen = new HashMap<>();
    private volatile boolean draining;

    ConnectionWatch(ServerConnector connector, Duration head, Duration idle) {
        this.connector = connector;
        this.head = head;
        this.idle = idle;
        Duration shorter = head.compareTo(idle) < 0 ? head : idle;
        this.interval = Duration.ofMillis(Math.clamp(shorter.toMillis() / 10, 10, 1000));
    }

    /// Begins to look; ends when the returned thread is interrupted.
    Thread start() {
        return Thread.ofVirtual().name("connection-watch").start(this::run);
    }

    /// From now on closes connections that wait for a request, so that a stop need not.
    void drain() {
        draining = true;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(interval);
                sweep();
            }
        } catch (InterruptedException _) {
            seen.clear();
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        var present = connector.getConnectedEndPoints();
        seen.keySet().retainAll(present);
        for (EndPoint endPoint : present) {
            if (endPoint.getConnection() instanceof SslConnection tls) {
                Seen current = look(tls.getSslEndPoint().getConnection(), now);
                Seen before = seen.get(endPoint);
                if (before == null
                        || before.phase() != current.phase()
                        || before.request() != current.request()) {
                    seen.put(endPoint, current);
                    before = current;
                }
                if (isOver(before.phase(), now - before.sinceNanos())) {
                    endPoint.close();
                }
            }
        }
    }

    private static Seen look(Connection connection, long now) {
        return switch (connection) {
            case HttpConnection http ->
                    new Seen(phase(http.getParser()), http.getMessagesIn(), now);
            case HTTP2Connection http2 -> {
                var session = http2.getSession();
                Phase phase = session.getStreams().isEmpty() ? Phase.QUIET : Phase.BUSY;
                yield new Seen(phase, session.getStreamsOpened(), now);
            }
            // Nothing yet, or what negotiates the protocol.
            case null, default -> new Seen(Phase.HANDSHAKE, 0, now);
        };
    }

    private static Phase phase(HttpParser parser) {
        if (parser.isStart()) {
            return Phase.QUIET;
        }
        if (parser.inHeaderState()) {
            return Phase.HEAD;
        }
        return parser.isClose() || parser.isClosed() ? Phase.CLOSING : Phase.BUSY;
    }

    private boolean isOver(Phase phase, long nanos) {
        return switch (phase) {
            case HANDSHAKE, HEAD -> nanos > head.toNanos();
            case CLOSING -> nanos > (draining ? LINGER : idle).toNanos();
            case QUIET -> draining || nanos > idle.toNanos();
            case BUSY -> false;
        };
    }
}
