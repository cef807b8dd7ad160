package dev.custodian.it;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// Who waits for a program that serves a socket asks here: the file is there a moment before
/// anybody listens.
public final class Listening {
    private Listening() {}

    /// Whether a connection to this socket is taken.
    public static boolean at(Path socket) {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
