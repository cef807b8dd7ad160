package dev.custodian.link;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// Frames over a Unix socket.
final class SocketCarrier implements Carrier {
    private static final long BETWEEN_TRIES = 20;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private ByteBuffer arriving = ByteBuffer.allocate(Frame.LENGTH);

    private SocketCarrier(SocketChannel channel, Selector selector) throws IOException {
        this.channel = channel;
        this.selector = selector;
        this.key = channel.register(selector, 0);
    }

    static SocketCarrier connect(AgentSocket socket, Deadline deadline)
            throws Refused, IOException, TimeoutException, InterruptedException {
        socket.requireOurFolder();
        var channel = dial(socket, deadline);
        try {
            socket.requireOurPeer(channel);
            return new SocketCarrier(channel, Selector.open());
        } catch (Refused | IOException e) {
            channel.close();
            throw e;
        }
    }

    private static SocketChannel dial(AgentSocket socket, Deadline deadline)
            throws Refused, IOException, TimeoutException, InterruptedException {
        while (deadline.left() > 0) {
            var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.configureBlocking(false);
                if (channel.connect(UnixDomainSocketAddress.of(socket.path()))) {
                    return channel;
                }
            } catch (ConnectException e) {
                throw nobody(socket);
            } catch (IOException e) {
                if (!Files.exists(socket.path())) {
                    throw nobody(socket);
                }
                // the agent's queue of connections is full
            }
            channel.close();
            Thread.sleep(BETWEEN_TRIES);
        }
        throw new TimeoutException();
    }

    private static Refused nobody(AgentSocket socket) {
        return new Refused(
                FailureKind.AGENT_UNREACHABLE, "Nobody listens at " + socket.path() + ".");
    }

    @Override
    public void send(Frame frame, Deadline deadline)
            throws IOException, TimeoutException, InterruptedException {
        var octets = ByteBuffer.wrap(frame.encode().toArray());
        while (channel.write(octets) >= 0 && octets.hasRemaining()) {
            await(SelectionKey.OP_WRITE, deadline);
        }
    }

    @Override
    public Optional<Bytes> poll() throws IOException, MalformedException {
        while (true) {
            int read = channel.read(arriving);
            if (read < 0) {
                throw new EOFException();
            }
            if (arriving.hasRemaining()) {
                return Optional.empty();
            }
            var octets = Bytes.of(arriving.array());
            if (octets.size() > Frame.LENGTH) {
                arriving = ByteBuffer.allocate(Frame.LENGTH);
                return Optional.of(octets);
            }
            arriving = ByteBuffer.allocate(Frame.LENGTH + Frame.rest(octets)).put(octets.toArray());
        }
    }

    @Override
    public void await(Deadline deadline)
            throws IOException, TimeoutException, InterruptedException {
        await(SelectionKey.OP_READ, deadline);
    }

    @Override
    public void wake() {
        selector.wakeup();
    }

    private void await(int what, Deadline deadline)
            throws IOException, TimeoutException, InterruptedException {
        long left = deadline.left();
        if (left == 0) {
            throw new TimeoutException();
        }
        try {
            key.interestOps(what);
            selector.select(left);
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException | CancelledKeyException e) {
            throw new ClosedChannelException();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException();
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            selector.close();
        }
    }
}
