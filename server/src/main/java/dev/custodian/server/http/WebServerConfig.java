package dev.custodian.server.http;

import java.time.Duration;

/// Where the server listens and what it grants a client.
///
/// @param host address or name to listen on
/// @param port TCP port; 0 takes any free one
/// @param idle a connection without a request in progress is closed after this, whatever it sends;
///   so is one that does not take the answer
/// @param headDeadline from a connection's first octet to the end of the TLS handshake, and from a
///   request's first octet to the end of its head
/// @param bodyDeadline from the end of the head to the end of the body
/// @param headLimit the request line and all headers, octets
/// @param minReplyRate octets per second that a client must take on average, beyond a grace of
///   `bodyDeadline`
/// @param connections open at the same time; more wait in the listen queue
/// @param running API calls in their handlers at the same time
/// @param waiting API calls that wait for their turn; beyond these, 503 at once
/// @param turn the longest such wait; then 503
/// @param bodyMemory octets of all request bodies held at the same time; beyond these, 503
/// @param drain how long a stop lets running requests go on
/// @param clientCertificates whether clients are asked for a certificate; none is needed
public record WebServerConfig(
        String host,
        int port,
        Duration idle,
        Duration headDeadline,
        Duration bodyDeadline,
        int headLimit,
        int minReplyRate,
        int connections,
        int running,
        int waiting,
        Duration turn,
        long bodyMemory,
        Duration drain,
        boolean clientCertificates) {

    /// Checks that every limit lets something through.
    public WebServerConfig {
        if (host.isBlank() || port < 0 || port > 65535) {
            throw new IllegalArgumentException("nowhere to listen: " + host + ":" + port);
        }
        requirePositive("idle", idle.toMillis());
        requirePositive("headDeadline", headDeadline.toMillis());
        requirePositive("bodyDeadline", bodyDeadline.toMillis());
        requirePositive("headLimit", headLimit);
        requirePositive("minReplyRate", minReplyRate);
        requirePositive("connections", connections);
        requirePositive("running", running);
        requirePositive("bodyMemory", bodyMemory);
        requirePositive("drain", drain.toMillis());
        if (waiting < 0 || turn.isNegative()) {
            throw new IllegalArgumentException("waiting and turn are never negative");
        }
    }

    /// Returns the defaults on this address.
    public static WebServerConfig on(String host, int port) {
        return new WebServerConfig(
                host,
                port,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                16 << 10,
                8 << 10,
                12_000,
                256,
                256,
                Duration.ofSeconds(2),
                64 << 20,
                Duration.ofSeconds(10),
                false);
    }

    /// The same, asking for certificates or not.
    public WebServerConfig askingForCertificates(boolean asking) {
        return new WebServerConfig(
                host,
                port,
                idle,
                headDeadline,
                bodyDeadline,
                headLimit,
                minReplyRate,
                connections,
                running,
                waiting,
                turn,
                bodyMemory,
                drain,
                asking);
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive");
        }
    }
}
