package dev.custodian.document;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.pdfbox.io.RandomAccessRead;
import org.apache.pdfbox.io.RandomAccessReadView;

/// The octets of a file from `start` on, as PDFBox wants to read them. Position 0 is where the PDF
/// begins, so that a file with something in front of its PDF has the offsets that its
/// cross-reference table means. Small reads go through one window; large ones (hashing, copying) go
/// straight to the caller's array.
final class FileOctets implements RandomAccessRead {
    private static final int WINDOW = 8 * 1024;

    private final FileChannel channel;
    private final long start;
    private final long length;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);
    private long windowAt;
    private long position;

    private FileOctets(FileChannel channel, long start, long length) {
        this.channel = channel;
        this.start = start;
        this.length = length;
    }

    static FileOctets open(Path file, long start) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.READ);
        return new FileOctets(channel, start, channel.size() - start);
    }

    @Override
    public int read() throws IOException {
        if (!fill()) {
            return -1;
        }
        return window.get((int) (position++ - windowAt)) & 0xff;
    }

    @Override
    public int read(byte[] octets, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (count >= WINDOW) {
            int wanted = (int) Math.min(count, length - position);
            if (wanted <= 0) {
                return -1;
            }
            int read = channel.read(ByteBuffer.wrap(octets, offset, wanted), start + position);
            position += Math.max(read, 0);
            return read;
        }
        if (!fill()) {
            return -1;
        }
        int from = (int) (position - windowAt);
        int read = Math.min(count, window.limit() - from);
        window.get(from, octets, offset, read);
        position += read;
        return read;
    }

    /// Whether the window holds the octet at the position; false at the end.
    private boolean fill() throws IOException {
        if (position >= windowAt && position < windowAt + window.limit()) {
            return true;
        }
        if (position >= length) {
            return false;
        }
        window.clear().limit((int) Math.min(WINDOW, length - position));
        windowAt = position;
        int read = channel.read(window, start + position);
        window.limit(Math.max(read, 0));
        return read > 0;
    }

    @Override
    public long getPosition() {
        return position;
    }

    @Override
    public void seek(long position) throws IOException {
        if (position < 0) {
            throw new IOException("position " + position);
        }
        this.position = Math.min(position, length);
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public boolean isEOF() {
        return position >= length;
    }

    @Override
    public RandomAccessReadView createView(long startPosition, long streamLength) {
        return new RandomAccessReadView(
                new FileOctets(channel, start, length), startPosition, streamLength);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
