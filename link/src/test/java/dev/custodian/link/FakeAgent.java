package dev.custodian.link;

import dev.custodian.core.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Stands in for an agent: after the greeting it does what a test tells it, over a real socket.
final class FakeAgent implements AutoCloseable {
    private final ServerSocketChannel server;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    /// What the agent does after the greeting.
    @FunctionalInterface
    interface Script {
        void play(Program program) throws Exception;
    }

    /// Answers the first connection only.
    FakeAgent(Path folder, Script script) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(folder.resolve("agent.sock")));
        Thread.ofPlatform().daemon().start(() -> run(script));
    }

    private void run(Script script) {
        try (var channel = server.accept()) {
            var program = new Program(channel);
            var hello = program.next();
            program.answer(hello, new Answer.Welcome("1", SessionState.LOGGED_IN));
            script.play(program);
            end.complete(null);
        } catch (Exception | AssertionError e) {
            end.completeExceptionally(e);
        }
    }

    /// Waits until the script has ended well.
    void played() throws Exception {
        end.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /// The program at the other end.
    record Program(SocketChannel channel) {
        Frame next() throws Exception {
            var length = read(Frame.LENGTH);
            return Frame.decode(Bytes.concat(length, read(Frame.rest(length))));
        }

        private Bytes read(int size) throws IOException {
            var buffer = ByteBuffer.allocate(size);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new EOFException();
                }
            }
            return Bytes.of(buffer.array());
        }

        void answer(Frame request, Answer answer) throws IOException {
            send(new Frame(request.request(), answer).encode());
        }

        void send(Bytes octets) throws IOException {
            var buffer = ByteBuffer.wrap(octets.toArray());
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        /// Waits until the program has closed the connection.
        boolean leaves() throws IOException {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        }
    }
}
