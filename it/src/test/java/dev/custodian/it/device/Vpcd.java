package dev.custodian.it.device;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/// The slot of a virtual reader that a card is put into. Its protocol: `u16` length and so many
/// octets, both ways; one octet from the reader is about the power, more are a command.
final class Vpcd implements AutoCloseable {
    private static final int OFF = 0;
    private static final int ON = 1;
    private static final int RESET = 2;
    private static final int ATR = 4;

    private final int port;
    private final SimulatedPivCard card;
    private @Nullable Socket socket;

    Vpcd(int port, SimulatedPivCard card) {
        this.port = port;
        this.card = card;
    }

    /// Puts the card into the reader. It is seen there a moment later.
    void insert() throws IOException {
        var connected = new Socket(InetAddress.getLoopbackAddress(), port);
        connected.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket = connected;
        Thread.ofPlatform().daemon().name("card").start(() -> serve(connected));
    }

    /// Pulls it.
    void pull() {
        var connected = socket;
        if (connected != null) {
            try {
                connected.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void serve(Socket connected) {
        try (connected;
                var in = new DataInputStream(connected.getInputStream())) {
            var out = connected.getOutputStream();
            while (true) {
                // Length and octets come in packets of their own, the second after an answer to
                // the first; the option is forgotten at each read.
                connected.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
                int size = in.readUnsignedShort();
                connected.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
                var octets = in.readNBytes(size);
                var answer = answer(octets);
                if (answer.length > 0) {
                    var message = ByteBuffer.allocate(2 + answer.length);
                    out.write(message.putShort((short) answer.length).put(answer).array());
                }
            }
        } catch (SimulatedPivCard.PulledException | IOException e) {
            // The reader sees the end of the connection.
            return;
        }
    }

    private byte[] answer(byte[] octets) throws SimulatedPivCard.PulledException {
        if (octets.length != 1) {
            return card.answer(octets);
        }
        switch (octets[0]) {
            case OFF, ON, RESET -> card.reset();
            case ATR -> {
                return card.atr();
            }
            default -> throw new AssertionError("a control code of vpcd: " + octets[0]);
        }
        return new byte[0];
    }

    @Override
    public void close() {
        pull();
    }
}
