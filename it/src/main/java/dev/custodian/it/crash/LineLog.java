package dev.custodian.it.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file that gets lines, each by one write and never synced: what was written outlives the
/// process however it ends, though not the machine.
final class LineLog implements AutoCloseable {
    private final FileChannel channel;

    LineLog(Path file) {
        try {
            channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized void add(String line) {
        try {
            for (var octets = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
                    octets.hasRemaining(); ) {
                channel.write(octets);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
