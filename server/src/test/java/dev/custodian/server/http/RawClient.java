package dev.custodian.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// A client that sends what it is told, well-formed or not, over TLS 1.3 on loopback.
final class RawClient implements AutoCloseable {
    private final SSLSocket socket;

    private RawClient(SSLSocket socket) {
        this.socket = socket;
    }

    /// One answer, read to the end of its body; each octet is a character of `text`.
    record Answer(int status, Map<String, String> headers, String text) {}

    static RawClient connect(int port) throws IOException {
        return connect(trustingContext(), port);
    }

    static RawClient connect(SSLContext context, int port) throws IOException {
        return connect(context, port, "TLSv1.3", "http/1.1");
    }

    static RawClient connect(SSLContext context, int port, String version, String protocol)
            throws IOException {
        var socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(15_000);
        socket.setTcpNoDelay(true);
        socket.setEnabledProtocols(new String[] {version});
        var parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new RawClient(socket);
    }

    /// Returns a context that believes every certificate and remembers sessions.
    static SSLContext trustingContext() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustsAll()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// Returns a request of HTTP/1.1 with these headers and a `Host`.
    static String request(String methodAndTarget, String... headers) {
        return methodAndTarget
                + " HTTP/1.1\r\nHost: x\r\n"
                + String.join("", Arrays.stream(headers).map(h -> h + "\r\n").toList())
                + "\r\n";
    }

    SSLSocket socket() {
        return socket;
    }

    RawClient send(String octets) throws IOException {
        return send(octets.getBytes(ISO_8859_1));
    }

    RawClient send(byte... octets) throws IOException {
        socket.getOutputStream().write(octets);
        socket.getOutputStream().flush();
        return this;
    }

    /// Sends one octet after the other until all are gone or the server ends the connection.
    void trickle(String octets, Duration pause) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                for (byte octet : octets.getBytes(ISO_8859_1)) {
                                    send(octet);
                                    Thread.sleep(pause);
                                }
                            } catch (IOException | InterruptedException _) {
                                // The server ended it: that is what the test waits for.
                            }
                        });
    }

    /// Sends the request and reads the answer, even one that comes and ends the connection before
    /// all of the request is sent.
    Answer ask(String request) throws IOException {
        try {
            send(request);
        } catch (SocketException _) {
            // The server had enough; the answer says why.
        }
        return answer();
    }

    /// Reads one answer and leaves the connection where the next one begins.
    Answer answer() throws IOException {
        String statusLine = line();
        if (statusLine.startsWith("HTTP/1.1 100")) {
            line();
            statusLine = line();
        }
        var headers = new TreeMap<String, String>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = socket.getInputStream().readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the body ends early");
        }
        return new Answer(
                Integer.parseInt(statusLine.split(" ", 3)[1]),
                headers,
                new String(body, ISO_8859_1));
    }

    /// Reads one line without its CRLF.
    String line() throws IOException {
        var line = new ByteArrayOutputStream();
        int octet;
        while ((octet = socket.getInputStream().read()) != '\n') {
            if (octet < 0) {
                throw new EOFException("the connection ends after: " + line);
            }
            line.write(octet);
        }
        return line.toString(ISO_8859_1).stripTrailing();
    }

    /// A frame of HTTP/2 (RFC 9113 §4.1); each octet is a character of `payload`.
    record Frame(int type, String payload) {}

    /// Reads frames up to the next one of this stream.
    Frame http2FrameOf(int stream) throws IOException {
        var in = new DataInputStream(socket.getInputStream());
        while (true) {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int type = in.readUnsignedByte();
            in.readUnsignedByte();
            int of = in.readInt();
            String payload = new String(in.readNBytes(length), ISO_8859_1);
            if (of == stream) {
                return new Frame(type, payload);
            }
        }
    }

    /// Waits for the server to end the connection, discarding what it still sends.
    Duration untilClosed() throws IOException {
        return untilClosed(System.nanoTime());
    }

    /// The same, and how long that is after `start`, of the system's nano time: before what began
    /// the server's limit, so that no pause of this thread makes it seem shorter.
    Duration untilClosed(long start) throws IOException {
        return untilClosed(socket, start);
    }

    static Duration untilClosed(Socket socket, long start) throws IOException {
        try {
            var buffer = new byte[8192];
            while (socket.getInputStream().read(buffer) >= 0) {
                // Nothing is expected of it but its end.
            }
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("the server leaves the connection open", e);
        } catch (IOException _) {
            // Reset: an end as well.
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class TrustsAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
