package dev.custodian.server.http;

import java.io.IOException;
import java.security.KeyStore;
import java.security.cert.CRL;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.TrustManager;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running server. Serves its routes over TLS 1.3, HTTP/1.1 and HTTP/2, until it is closed.
public final class WebServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final int STREAMS_PER_CONNECTION = 64;

    // Bodies are small; the default windows would let each connection fill a megabyte unread.
    private static final int STREAM_WINDOW = 64 << 10;
    private static final int SESSION_WINDOW = 256 << 10;
    private static final int TICKET_SECONDS = 3600;
    private static final int LISTEN_QUEUE = 1024;

    private final Server server;
    private final ServerConnector connector;
    private final int port;
    private final SslContextFactory.Server tls;
    private final ConnectionWatch watch;
    private final Thread watching;

    private WebServer(
            Server server,
            ServerConnector connector,
            SslContextFactory.Server tls,
            ConnectionWatch watch) {
        this.server = server;
        this.connector = connector;
        this.port = connector.getLocalPort();
        this.tls = tls;
        this.watch = watch;
        this.watching = watch.start();
    }

    /// Starts to serve; returns when the port is open.
    ///
    /// @throws IOException if it cannot be opened, a port in use for example
    public static WebServer start(WebServerConfig config, TlsIdentity identity, List<Route> routes)
            throws IOException {
        // Without a bound: the default one of 200 tasks lets 200 slow senders silence everybody.
        var server = new Server(new VirtualThreadPool(0));
        var tls = tls(identity, config.clientCertificates());
        var connector = connector(server, tls, config);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(config.connections(), connector));
        server.setErrorHandler(RouteHandler::answerError);
        server.setHandler(new GracefulHandler(new RouteHandler(config, routes)));
        server.setStopTimeout(config.drain().toMillis());
        try {
            server.start();
        } catch (Exception e) {
            stop(server);
            throw new IOException("cannot serve at " + config.host() + ":" + config.port(), e);
        }
        return new WebServer(
                server,
                connector,
                tls,
                new ConnectionWatch(connector, config.headDeadline(), config.idle()));
    }

    /// Returns the TCP port, the one chosen if the configuration left it open.
    public int port() {
        return port;
    }

    /// Returns the number of open connections.
    int connections() {
        return connector.getConnectedEndPoints().size();
    }

    /// Shows this identity to new connections from now on; those that exist go on as they are.
    /// Session tickets given out before no longer resume.
    public void reload(TlsIdentity identity) {
        try {
            tls.reload(factory -> factory.setKeyStore(identity.keyStore()));
        } catch (Exception e) {
            throw new IllegalArgumentException("this identity cannot be used", e);
        }
    }

    /// Refuses new connections, lets running requests finish within the configured limit, then cuts
    /// what is left. Returns as soon as nothing runs.
    @Override
    public void close() {
        watch.drain();
        stop(server);
        watching.interrupt();
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (TimeoutException _) {
            LOG.warn("stopped with requests still running");
        } catch (Exception e) {
            LOG.warn("stopped badly", e);
        }
    }

    private static ServerConnector connector(
            Server server, SslContextFactory.Server tls, WebServerConfig config) {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(config.headLimit());
        http.setHttpCompliance(HttpCompliance.STRICT);
        http.setUriCompliance(UriCompliance.RFC3986);
        // No check of the host against the certificate: clients may know us by address.
        http.addCustomizer(new SecureRequestCustomizer(false));
        var http1 = new HttpConnectionFactory(http);
        var http2 = new HTTP2ServerConnectionFactory(http);
        http2.setMaxConcurrentStreams(STREAMS_PER_CONNECTION);
        http2.setInitialStreamRecvWindow(STREAM_WINDOW);
        http2.setInitialSessionRecvWindow(SESSION_WINDOW);
        var alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        var connector =
                new ServerConnector(
                        server,
                        1,
                        1,
                        new SslConnectionFactory(tls, alpn.getProtocol()),
                        alpn,
                        http2,
                        http1);
        connector.setHost(config.host());
        connector.setPort(config.port());
        connector.setAcceptQueueSize(LISTEN_QUEUE);
        connector.setIdleTimeout(config.idle().toMillis());
        // On a stop this becomes every connection's idle time-out. A short one would end an upload
        // that pauses; quiet connections do not wait for it, the watch closes them.
        connector.setShutdownIdleTimeout(config.idle().toMillis());
        return connector;
    }

    private static SslContextFactory.Server tls(TlsIdentity identity, boolean clientCertificates) {
        var tls = clientCertificates ? new AskingForKeys() : new SslContextFactory.Server();
        tls.setKeyStore(identity.keyStore());
        tls.setKeyStorePassword(TlsIdentity.STORE_PASSWORD);
        // The "PKIX" one decrypts the key anew in each handshake.
        tls.setKeyManagerFactoryAlgorithm("SunX509");
        tls.setIncludeProtocols("TLSv1.3");
        tls.setEndpointIdentificationAlgorithm(null);
        tls.setSslSessionTimeout(TICKET_SECONDS);
        return tls;
    }

    /// Asks each client for a certificate, and takes it for its key.
    private static final class AskingForKeys extends SslContextFactory.Server {
        private AskingForKeys() {
            setWantClientAuth(true);
        }

        @Override
        protected TrustManager[] getTrustManagers(
                @Nullable KeyStore store, @Nullable Collection<? extends CRL> crls) {
            return new TrustManager[] {new ClientKeys()};
        }
    }
}
