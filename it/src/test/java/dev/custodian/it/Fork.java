package dev.custodian.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;

/// The process that runs these tests, one of those that run classes at once. What a machine or a
/// clone of the sources has one of, each of them has alone.
public final class Fork {
    /// From 1, one for each that runs.
    public static final int NUMBER = Integer.getInteger("custodian.it.fork", 1);

    /// Below those that the system gives to whoever asks for any: one that is free here stays so
    /// until its server is started, and while it is started again.
    private static final int LOWEST_PORT = 12_000;

    private static final int PORTS = 10_000;

    private static int next = new Random().nextInt(PORTS);

    private Fork() {}

    /// A port of this machine that nobody listens at, and that is given only once.
    public static synchronized int port() {
        for (int i = 0; i < PORTS; i++) {
            next = (next + 1) % PORTS;
            int port = LOWEST_PORT + NUMBER % 2 * PORTS + next;
            try (var free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException e) {
                // somebody listens there
            }
        }
        throw new AssertionError("no port is free");
    }
}
