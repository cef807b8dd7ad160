package dev.custodian.server.http;

import dev.custodian.core.Bytes;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// Turns the library's request into a [Call] and the [Reply] into its response. Catches everything:
/// what gets out of here is logged by the library with its stack trace.
final class RouteHandler extends org.eclipse.jetty.server.Handler.Abstract {
    static final String REQUEST_ID = "X-Request-Id";

    private static final Logger LOG = LoggerFactory.getLogger(RouteHandler.class);
    private static final Logger ACCESS = LoggerFactory.getLogger("access");

    private final Map<String, Map<String, Route>> routes = new HashMap<>();
    private final Bodies bodies;
    private final Overload overload;
    private final Duration writeGrace;
    private final int minReplyRate;

    RouteHandler(WebServerConfig config, List<Route> routes) {
        for (Route route : routes) {
            Route twin =
                    this.routes
                            .computeIfAbsent(route.path(), _ -> new TreeMap<>())
                            .put(route.method(), route);
            if (twin != null) {
                throw new IllegalArgumentException("two routes for " + route.path());
            }
        }
        this.bodies = new Bodies(config.bodyDeadline(), config.bodyMemory());
        this.overload = new Overload(config.running(), config.waiting(), config.turn());
        this.writeGrace = config.bodyDeadline();
        this.minReplyRate = config.minReplyRate();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        // A handler may work for longer than a connection may idle.
        request.addIdleTimeoutListener(_ -> false);
        String id = newId();
        long began = System.nanoTime();
        // Every line that the handler logs names the request.
        try (var _ = MDC.putCloseable("request", id)) {
            // The request is not asked any more once it is answered: the library reuses it.
            boolean known = isKnown(request);
            String method = known ? request.getMethod() : "-";
            String path = known ? Request.getPathInContext(request) : "-";
            Reply reply = answer(request, id).withHeader(REQUEST_ID, id);
            send(request, response, callback, reply);
            ACCESS.atInfo()
                    .addKeyValue("method", method)
                    .addKeyValue("path", path)
                    .addKeyValue("status", reply.status())
                    .addKeyValue("octets", reply.body().size())
                    .addKeyValue("ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began))
                    .log("request answered");
        } catch (ClientGone _) {
            LOG.debug("client went away");
            callback.failed(new Request.Handler.AbortException());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            callback.failed(new Request.Handler.AbortException());
        }
        return true;
    }

    /// Whether method and path are ours. Of a request the log holds nothing else, for anything else
    /// may be a secret that went astray.
    private boolean isKnown(Request request) {
        String path = Request.getPathInContext(request);
        Map<String, Route> methods = path == null ? null : routes.get(path);
        return methods != null && methods.containsKey(request.getMethod());
    }

    /// Answers for the library where it would answer by itself: to what it could not parse, and to
    /// requests that arrive during a stop.
    static boolean answerError(Request request, Response response, Callback callback) {
        Reply reply = ErrorReplies.of(response.getStatus()).withHeader(REQUEST_ID, newId());
        prepare(response, reply);
        response.write(true, ByteBuffer.wrap(reply.body().toArray()), callback);
        return true;
    }

    private Reply answer(Request request, String id) throws ClientGone {
        try {
            RequestRules.check(request);
            String path = Request.getPathInContext(request);
            Map<String, Route> methods = routes.get(path);
            if (methods == null) {
                return ErrorReplies.of(404);
            }
            Route route = methods.get(request.getMethod());
            if (route == null) {
                return ErrorReplies.of(405)
                        .withHeader("Allow", String.join(", ", methods.keySet()));
            }
            String query = request.getHttpURI().getQuery();
            Map<String, String> parameters = query == null ? Map.of() : Form.decode(query);
            try (Bodies.Body body = bodies.read(request, route.bodyLimit())) {
                var call =
                        new Call(
                                id,
                                route.method(),
                                path,
                                parameters,
                                headers(request),
                                body.bytes(),
                                serverChain(request),
                                clientKey(request));
                return switch (route.kind()) {
                    case API -> overload.run(route.handler(), call);
                    case HEALTH -> route.handler().handle(call);
                };
            }
        } catch (CallRefused refused) {
            Reply reply = ErrorReplies.of(refused);
            // Where one request is malformed, the next may begin elsewhere than it seems.
            return refused.status() == 400 ? reply.withHeader("Connection", "close") : reply;
        } catch (ClientGone e) {
            throw e;
        } catch (Exception | Error e) {
            LOG.error("request {} failed", id, e);
            return ErrorReplies.of(500);
        }
    }

    private void send(Request request, Response response, Callback callback, Reply reply)
            throws InterruptedException {
        prepare(response, reply);
        // With a body left unread the next request cannot be found on an HTTP/1.1 connection.
        if (!request.consumeAvailable()
                && request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_2) {
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        }
        long seconds = reply.body().size() / minReplyRate;
        var written = new Callback.Completable();
        response.write(true, ByteBuffer.wrap(reply.body().toArray()), written);
        try {
            written.get(writeGrace.toMillis() + seconds * 1000, TimeUnit.MILLISECONDS);
            callback.succeeded();
        } catch (ExecutionException | TimeoutException _) {
            callback.failed(new Request.Handler.AbortException());
        }
    }

    private static void prepare(Response response, Reply reply) {
        response.setStatus(reply.status());
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        if (!reply.contentType().isEmpty()) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.contentType());
        }
        reply.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        if (reply.status() != 204) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.body().size());
        }
    }

    private static Map<String, List<String>> headers(Request request) {
        var headers = new HashMap<String, List<String>>();
        for (HttpField field : request.getHeaders()) {
            String value = field.getValue();
            headers.computeIfAbsent(field.getLowerCaseName(), _ -> new ArrayList<>())
                    .add(value == null ? "" : value);
        }
        return headers;
    }

    private static List<X509Certificate> serverChain(Request request) {
        if (request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE)
                instanceof EndPoint.SslSessionData data) {
            Certificate[] chain = data.sslSession().getLocalCertificates();
            if (chain != null) {
                return Arrays.stream(chain).map(X509Certificate.class::cast).toList();
            }
        }
        return List.of();
    }

    private static Bytes clientKey(Request request) {
        if (request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE)
                instanceof EndPoint.SslSessionData data) {
            X509Certificate[] chain = data.peerCertificates();
            if (chain != null && chain.length > 0) {
                return Bytes.of(chain[0].getPublicKey().getEncoded());
            }
        }
        return Bytes.EMPTY;
    }

    private static String newId() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }
}
