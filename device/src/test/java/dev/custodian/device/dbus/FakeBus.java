package dev.custodian.device.dbus;

import dev.custodian.core.Bytes;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A bus with one program on it, both in the hands of a test. Lets everybody in.
public final class FakeBus implements Closeable {
    /// The unique name of the program.
    public static final String OWNER = ":1.7";

    private final ServerSocketChannel listener;
    private final Path socket;
    private final Answering answering;
    private final List<SocketChannel> open = Collections.synchronizedList(new ArrayList<>());

    /// What the program does when it is called.
    public interface Answering {
        void answer(Call call) throws IOException;
    }

    private FakeBus(Path socket, Answering answering) throws IOException {
        this.socket = socket;
        this.answering = answering;
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::accept);
    }

    /// One that listens here.
    ///
    /// @param answering also of what the bus itself is asked, except for the login
    public static FakeBus at(Path socket, Answering answering) throws IOException {
        return new FakeBus(socket, answering);
    }

    public Path socket() {
        return socket;
    }

    private void accept() {
        try {
            while (true) {
                var client = listener.accept();
                open.add(client);
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (ClosedChannelException e) {
            // the test is over
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            var in = Channels.newInputStream(client);
            for (var line = ""; !line.equals("BEGIN"); ) {
                line = "";
                for (int next = in.read(); next != '\n'; next = in.read()) {
                    if (next < 0) {
                        return;
                    }
                    line += next == '\r' || next == 0 ? "" : (char) next;
                }
                if (line.equals("AUTH EXTERNAL")) {
                    send(client, "DATA\r\n".getBytes(StandardCharsets.US_ASCII));
                } else if (line.equals("DATA")) {
                    send(client, "OK 0123\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
            while (true) {
                var head = in.readNBytes(BusMessage.HEAD);
                if (head.length < BusMessage.HEAD) {
                    return;
                }
                var whole =
                        ByteBuffer.allocate(BusMessage.size(head))
                                .put(head)
                                .put(in.readNBytes(BusMessage.size(head) - head.length));
                answering.answer(new Call(client, BusMessage.decode(whole.array())));
            }
        } catch (IOException e) {
            // the client went away
        }
    }

    private static void send(SocketChannel client, byte[] octets) throws IOException {
        for (var out = ByteBuffer.wrap(octets); out.hasRemaining(); ) {
            client.write(out);
        }
    }

    /// A call of the client.
    public static final class Call {
        private final SocketChannel client;
        private final BusMessage message;

        private Call(SocketChannel client, BusMessage message) {
            this.client = client;
            this.message = message;
        }

        public String member() {
            return message.member();
        }

        public String path() {
            return message.path();
        }

        public boolean isForTheBus() {
            return message.destination().equals(Bus.DRIVER);
        }

        public BusReader arguments() throws BusException {
            return message.body(message.signature());
        }

        /// Answers as whoever was called.
        public void reply(String types, BusWriter.Elements values) throws IOException {
            reply(message.destination(), types, values);
        }

        /// Answers as somebody else.
        public void reply(String sender, String types, BusWriter.Elements values)
                throws IOException {
            send(BusMessage.Type.RETURN, message.serial(), "", "", "", "", sender, types, values);
        }

        public void error(String name) throws IOException {
            send(
                    BusMessage.Type.ERROR,
                    message.serial(),
                    "",
                    "",
                    "",
                    name,
                    message.destination(),
                    "",
                    _ -> {});
        }

        public void signal(
                String sender,
                String path,
                String face,
                String member,
                String types,
                BusWriter.Elements values)
                throws IOException {
            send(BusMessage.Type.SIGNAL, 0, path, face, member, "", sender, types, values);
        }

        private void send(
                BusMessage.Type type,
                int replyTo,
                String path,
                String face,
                String member,
                String error,
                String sender,
                String types,
                BusWriter.Elements values)
                throws IOException {
            var body = new BusWriter();
            values.write(body);
            raw(
                    new BusMessage(
                                    type,
                                    1,
                                    replyTo,
                                    path,
                                    face,
                                    member,
                                    error,
                                    ":1.1",
                                    sender,
                                    types,
                                    body.toBytes(),
                                    ByteOrder.LITTLE_ENDIAN)
                            .encode());
        }

        /// Sends what may be no message.
        public void raw(byte[] octets) throws IOException {
            FakeBus.send(client, octets);
        }

        /// Answers what every bus answers; nothing else.
        ///
        /// @return whether it was asked that
        public boolean answeredByTheBus() throws IOException {
            if (!isForTheBus()) {
                return false;
            }
            switch (member()) {
                case "Hello" -> reply("s", out -> out.text(":1.1"));
                case "GetNameOwner" -> reply("s", out -> out.text(OWNER));
                case "AddMatch" -> reply("", _ -> {});
                default -> throw new IOException(member());
            }
            return true;
        }
    }

    /// The octets of a message, for tests of what reads them.
    static Bytes message(String types, BusWriter.Elements values) {
        var body = new BusWriter();
        values.write(body);
        return Bytes.of(
                BusMessage.call(7, "to.it", "/a", "a.Face", "Member", types, body.toBytes())
                        .encode());
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var client : open) {
            client.close();
        }
        Files.deleteIfExists(socket);
    }
}
