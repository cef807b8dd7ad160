package dev.custodian.device.tpm;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/// A TPM behind a stream of commands and answers: the data socket of swtpm, over TCP or of a Unix
/// domain.
public final class TpmSocket implements TpmTransport {
    private final SocketChannel channel;

    private TpmSocket(SocketChannel channel) {
        this.channel = channel;
    }

    public static TpmSocket connect(SocketAddress address) throws IOException {
        return new TpmSocket(SocketChannel.open(address));
    }

    @Override
    public byte[] call(byte[] command) throws IOException {
        for (var rest = ByteBuffer.wrap(command); rest.hasRemaining(); ) {
            var _ = channel.write(rest);
        }
        var answer = ByteBuffer.allocate(LONGEST).limit(Tpm.HEADER);
        fill(answer);
        int size = answer.getInt(2);
        if (size < Tpm.HEADER || size > LONGEST) {
            throw new IOException(
                    "a TPM's answer of " + Integer.toUnsignedString(size) + " octets");
        }
        fill(answer.limit(size));
        return Arrays.copyOf(answer.array(), size);
    }

    private void fill(ByteBuffer answer) throws IOException {
        while (answer.hasRemaining()) {
            if (channel.read(answer) < 0) {
                throw new EOFException("the TPM closed the connection");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
