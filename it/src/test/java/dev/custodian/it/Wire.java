package dev.custodian.it;

import dev.custodian.core.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// A connection to a door, octet by octet: so that a test can stop where no program would.
final class Wire implements AutoCloseable {
    private final SocketChannel channel;

    private Wire(SocketChannel channel) {
        this.channel = channel;
    }

    static Wire to(Path socket) throws IOException {
        return new Wire(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    void write(Bytes octets) throws IOException {
        var left = ByteBuffer.wrap(octets.toArray());
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    /// The next octets, when all of them have come.
    ByteBuffer read(int size) throws IOException {
        var buffer = ByteBuffer.allocate(size);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the agent ended the connection");
            }
        }
        return buffer.flip();
    }

    /// The next octets after their length.
    Bytes string() throws IOException {
        var octets = new byte[read(4).getInt()];
        read(octets.length).get(octets);
        return Bytes.of(octets);
    }

    static Bytes string(Bytes octets) {
        return Bytes.concat(Bytes.u32(octets.size()), octets);
    }

    static Bytes string(String text) {
        return string(Bytes.utf8(text));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
