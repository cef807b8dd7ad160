package dev.custodian.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One connection that is kept alive, of TLS 1.3 and HTTP/1.1, with as little around it as will do:
/// it shares the processors with the server that is measured.
final class Connection implements AutoCloseable {
    /// The server ends a connection that idles for 30 s.
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final int LONGEST_HEAD = 16 << 10;
    private static final String LENGTH = "\r\ncontent-length: ";

    private final SSLContext tls;
    private final URI server;
    private final byte[] head = new byte[LONGEST_HEAD];
    private @Nullable SSLSocket socket;
    private InputStream in = InputStream.nullInputStream();
    private long used;

    Connection(SSLContext tls, URI server) {
        this.tls = tls;
        this.server = server;
    }

    /// Connects if it is not connected any more.
    void open() throws IOException {
        if (socket != null && System.nanoTime() - used < STALE_NANOS) {
            return;
        }
        close();
        var fresh =
                (SSLSocket) tls.getSocketFactory().createSocket(server.getHost(), server.getPort());
        fresh.setTcpNoDelay(true);
        fresh.startHandshake();
        in = new BufferedInputStream(fresh.getInputStream());
        socket = fresh;
        used = System.nanoTime();
    }

    /// Sends a request and returns the body of the answer, which must be a 200.
    byte[] ask(byte[] request) throws IOException {
        var open = socket;
        if (open == null) {
            throw new IOException("not connected");
        }
        open.getOutputStream().write(request);
        var head = head();
        var body = in.readNBytes(length(head));
        used = System.nanoTime();
        if (!head.startsWith("HTTP/1.1 200 ")) {
            throw new IOException(head + new String(body, StandardCharsets.UTF_8));
        }
        return body;
    }

    private String head() throws IOException {
        int size = 0;
        while (size < 4
                || head[size - 1] != '\n'
                || head[size - 2] != '\r'
                || head[size - 3] != '\n') {
            int octet = in.read();
            if (octet < 0 || size == LONGEST_HEAD) {
                throw new EOFException("no whole answer");
            }
            head[size++] = (byte) octet;
        }
        return new String(head, 0, size, StandardCharsets.ISO_8859_1);
    }

    /// Octets of the body that a head announces.
    static int length(String head) throws IOException {
        var lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf(LENGTH);
        if (at < 0) {
            throw new IOException("an answer without a length: " + head);
        }
        int from = at + LENGTH.length();
        return Integer.parseInt(lower.substring(from, lower.indexOf('\r', from)).trim());
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
