package dev.custodian.server.http;

import java.time.Duration;

/// Short limits, so that a test can wait for them.
final class Limits {
    static final Duration HEAD = Duration.ofSeconds(1);
    static final Duration BODY = Duration.ofMillis(700);
    static final Duration IDLE = Duration.ofMillis(1500);

    /// What a test that may not stand still so long itself survives on a busy machine.
    static final Duration LONG_IDLE = Duration.ofSeconds(5);

    private static final Duration LONG = Duration.ofMinutes(5);

    private Limits() {}

    static WebServerConfig brief() {
        return of(IDLE, 8, 4);
    }

    /// Nothing here runs into a time limit.
    static WebServerConfig patient() {
        var usual = WebServerConfig.on("127.0.0.1", 0);
        return new WebServerConfig(
                usual.host(),
                usual.port(),
                LONG,
                LONG,
                LONG,
                usual.headLimit(),
                usual.minReplyRate(),
                usual.connections(),
                usual.running(),
                usual.waiting(),
                usual.turn(),
                usual.bodyMemory(),
                usual.drain(),
                usual.clientCertificates());
    }

    static WebServerConfig of(Duration idle, int running, int waiting) {
        return of(idle, running, waiting, 32 << 20);
    }

    static WebServerConfig of(Duration idle, int running, int waiting, int minReplyRate) {
        return new WebServerConfig(
                "127.0.0.1",
                0,
                idle,
                HEAD,
                BODY,
                16 << 10,
                minReplyRate,
                12_000,
                running,
                waiting,
                Duration.ofMillis(300),
                64 << 20,
                Duration.ofSeconds(3),
                false);
    }
}
