package dev.custodian.device.dbus;

import dev.custodian.device.dbus.BusException.Kind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.regex.Pattern;

/// A connection to a message bus. For one thread; nothing it waits for lasts longer than its limit,
/// whatever comes meanwhile, and an interrupt ends the wait.
public final class Bus implements AutoCloseable {
    /// The bus itself.
    static final String DRIVER = "org.freedesktop.DBus";

    private static final String DRIVER_PATH = "/org/freedesktop/DBus";
    private static final int LONGEST_LINE = 256;

    /// Most signals that wait for somebody to ask for them: what nobody asks for is dropped.
    private static final int MOST_SIGNALS = 64;

    /// Most octets that are read from one connection: what we ask for has some thousands.
    static final int MOST_OCTETS = 16 << 20;

    /// A name that the bus gave (D-Bus specification, "Bus names").
    private static final Pattern UNIQUE = Pattern.compile(":[A-Za-z0-9_.-]{1,254}");

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final Queue<BusMessage> signals = new ArrayDeque<>();

    /// Nanoseconds that are left for calls.
    private long left;

    private int received;
    private int serial;

    private Bus(SocketChannel channel, Duration limit) throws IOException {
        this.channel = channel;
        this.left = limit.toNanos();
        selector = Selector.open();
        key = channel.register(selector, 0);
    }

    /// Logs in to a bus as the user of this process.
    ///
    /// @param socket where the bus listens
    /// @param limit for the login and all calls together
    public static Bus connect(Path socket, Duration limit) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            // one that waits would wait for ever where nobody takes connections
            channel.configureBlocking(false);
            if (!isConnected(channel, socket)) {
                throw absent(socket);
            }
            var bus = new Bus(channel, limit);
            try {
                bus.login();
                return bus;
            } catch (IOException e) {
                bus.selector.close();
                throw e;
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean isConnected(SocketChannel channel, Path socket) throws BusException {
        try {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw absent(socket);
        }
    }

    private static BusException absent(Path socket) {
        return new BusException(Kind.ABSENT, "no bus takes connections at " + socket);
    }

    private interface Asking<T> {
        T until(long end) throws IOException;
    }

    /// Within what is left of the time for calls.
    private <T> T timed(Asking<T> asking) throws IOException {
        long start = System.nanoTime();
        try {
            return asking.until(start + left);
        } finally {
            left -= System.nanoTime() - start;
        }
    }

    /// EXTERNAL without a name: the socket says who we are, also of a process that hides.
    private void login() throws IOException {
        var _ = timed(this::authenticated);
        call(DRIVER, DRIVER_PATH, DRIVER, "Hello", "", _ -> {}, "s", BusReader::text);
    }

    private boolean authenticated(long end) throws IOException {
        write("\0AUTH EXTERNAL\r\n".getBytes(StandardCharsets.US_ASCII), end);
        var said = line(end);
        if (said.startsWith("DATA")) {
            write("DATA\r\n".getBytes(StandardCharsets.US_ASCII), end);
            said = line(end);
        }
        if (!said.startsWith("OK")) {
            throw new BusException(Kind.ERROR, "the bus does not let us in");
        }
        write("BEGIN\r\n".getBytes(StandardCharsets.US_ASCII), end);
        return true;
    }

    private String line(long end) throws IOException {
        var line = new StringBuilder();
        while (line.length() < LONGEST_LINE) {
            char next = (char) (read(1, end)[0] & 0x7f);
            if (next == '\n') {
                return line.toString().strip();
            }
            line.append(next);
        }
        throw BusException.malformed("no line of a login");
    }

    private void write(byte[] octets, long end) throws IOException {
        for (var out = ByteBuffer.wrap(octets); out.hasRemaining(); ) {
            requireTime(end);
            if (channel.write(out) == 0) {
                await(SelectionKey.OP_WRITE, end);
            }
        }
    }

    private byte[] read(int size, long end) throws IOException {
        received += size;
        if (received > MOST_OCTETS) {
            throw BusException.malformed("more than anybody asked for");
        }
        var in = ByteBuffer.allocate(size);
        while (in.hasRemaining()) {
            requireTime(end);
            int got = channel.read(in);
            if (got < 0) {
                throw new BusException(Kind.GONE, "the bus ended the connection");
            }
            if (got == 0) {
                await(SelectionKey.OP_READ, end);
            }
        }
        return in.array();
    }

    /// Also where something comes all the time, so that there is nothing to wait for.
    private static void requireTime(long end) throws BusException {
        if (end - System.nanoTime() <= 0 || Thread.currentThread().isInterrupted()) {
            throw new BusException(Kind.SILENT, "no answer in time");
        }
    }

    private void await(int operation, long end) throws IOException {
        requireTime(end);
        key.interestOps(operation);
        selector.select(Math.max(0, end - System.nanoTime()) / 1_000_000 + 1);
        selector.selectedKeys().clear();
    }

    private BusMessage next(long end) throws IOException {
        var head = read(BusMessage.HEAD, end);
        int size = BusMessage.size(head);
        var whole = ByteBuffer.allocate(size).put(head).put(read(size - head.length, end));
        return BusMessage.decode(whole.array());
    }

    /// The unique name of who has this name, who is started when that is needed and possible.
    ///
    /// @throws BusException `ABSENT` when there is none
    public String owner(String name) throws IOException {
        try {
            return ownerNow(name);
        } catch (BusException e) {
            if (e.kind() != Kind.ABSENT) {
                throw e;
            }
        }
        call(
                DRIVER,
                DRIVER_PATH,
                DRIVER,
                "StartServiceByName",
                "su",
                out -> out.text(name).u32(0),
                "u",
                BusReader::u32);
        return ownerNow(name);
    }

    private String ownerNow(String name) throws IOException {
        var owner =
                call(
                        DRIVER,
                        DRIVER_PATH,
                        DRIVER,
                        "GetNameOwner",
                        "s",
                        out -> out.text(name),
                        "s",
                        BusReader::text);
        if (!UNIQUE.matcher(owner).matches()) {
            throw BusException.malformed("a name that no bus gives");
        }
        return owner;
    }

    /// Has the signals come that an object sends.
    ///
    /// @param sender a unique name
    public void listen(String sender, String path, String face, String member) throws IOException {
        var rule =
                "type='signal',sender='%s',path='%s',interface='%s',member='%s'"
                        .formatted(sender, path, face, member);
        call(
                DRIVER,
                DRIVER_PATH,
                DRIVER,
                "AddMatch",
                "s",
                out -> out.text(rule),
                "",
                BusReader::position);
    }

    /// Calls a method and reads the whole of what it answers. Only what the called one says, and
    /// the bus's own errors, are an answer.
    ///
    /// @param destination a unique name
    /// @param face the interface
    public <T> T call(
            String destination,
            String path,
            String face,
            String member,
            String signature,
            BusWriter.Elements arguments,
            String answer,
            BusReader.Element<T> reading)
            throws IOException {
        var body = new BusWriter();
        arguments.write(body);
        int number = ++serial;
        var call =
                BusMessage.call(number, destination, path, face, member, signature, body.toBytes());
        return timed(
                end -> {
                    write(call.encode(), end);
                    return answer(call, answer, reading, end);
                });
    }

    private <T> T answer(BusMessage call, String types, BusReader.Element<T> reading, long end)
            throws IOException {
        int number = call.serial();
        var destination = call.destination();
        while (true) {
            var message = next(end);
            switch (message.type()) {
                case RETURN -> {
                    if (message.replyTo() == number && message.sender().equals(destination)) {
                        var in = message.body(types);
                        var read = reading.read(in);
                        in.end();
                        return read;
                    }
                }
                case ERROR -> {
                    if (message.replyTo() == number
                            && (message.sender().equals(destination)
                                    || message.sender().equals(DRIVER))) {
                        throw BusException.error(call.member(), message.error());
                    }
                }
                case SIGNAL -> keep(message);
                case CALL, OTHER -> {
                    // nobody has anything to ask of us
                }
            }
        }
    }

    private void keep(BusMessage signal) {
        if (signals.size() == MOST_SIGNALS) {
            signals.remove();
        }
        signals.add(signal);
    }

    /// Waits for a signal that was listened for, and reads it.
    ///
    /// @param within how long
    public <T> T await(
            String sender,
            String path,
            String face,
            String member,
            String types,
            BusReader.Element<T> reading,
            Duration within)
            throws IOException {
        long end = System.nanoTime() + within.toNanos();
        while (true) {
            var message = signals.isEmpty() ? next(end) : signals.remove();
            if (message.type() == BusMessage.Type.SIGNAL
                    && message.sender().equals(sender)
                    && message.path().equals(path)
                    && message.face().equals(face)
                    && message.member().equals(member)) {
                var in = message.body(types);
                var read = reading.read(in);
                in.end();
                return read;
            }
        }
    }

    @Override
    public void close() {
        try {
            selector.close();
            channel.close();
        } catch (IOException e) {
            // there is nothing left to be closed then
        }
    }
}
