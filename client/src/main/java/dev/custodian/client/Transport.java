package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// HTTP over TLS with a server that is trusted for its key: no redirects, bounded answers, an end
/// to every wait.
///
/// TLS sessions and connections belong to one `Transport`: a key that is no longer vouched for is
/// dropped by making a new one.
final class Transport implements AutoCloseable {
    private static final int MAX_ANSWER = 8 << 20;
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final HttpClient http;
    private final Duration limit;
    private final @Nullable ShownKey shown;

    /// A transport that shows nothing of this machine.
    ///
    /// @param limit how long one exchange may take, body included
    Transport(Predicate<Bytes> vouched, Duration limit) {
        this.shown = null;
        this.limit = limit;
        this.http = client(vouched).build();
    }

    /// A transport on which the device key authenticates. In TLS 1.3 the server has proved its key,
    /// and it is vouched for, before anything of the device leaves this machine (RFC 8446 §4.4);
    /// older versions show a certificate to whoever listens.
    Transport(Predicate<Bytes> vouched, Duration limit, ShownKey shown) throws Refused {
        this.shown = shown;
        this.limit = limit;
        this.http =
                client(vouched, shown.keys())
                        .sslParameters(new SSLParameters(null, new String[] {"TLSv1.3"}))
                        .build();
    }

    private static HttpClient.Builder client(Predicate<Bytes> vouched, KeyManager... keys) {
        try {
            var tls = SSLContext.getInstance("TLS");
            tls.init(keys, new TrustManager[] {new VouchedTrust(vouched)}, null);
            return HttpClient.newBuilder()
                    .sslContext(tls)
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(CONNECT);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has TLS", e);
        }
    }

    /// The connection gave no answer; whether the request arrived is unknown, so only one that may
    /// safely be repeated is sent again.
    static final class LostException extends Exception {
        private static final long serialVersionUID = 1L;

        private final Refused refusal;

        LostException(String sentence) {
            this(new Refused(FailureKind.SERVER_UNREACHABLE, sentence));
        }

        /// The server was there and had no answer yet.
        LostException(Refused refusal) {
            super(refusal.getMessage(), null, false, false);
            this.refusal = refusal;
        }

        Refused refusal() {
            return refusal;
        }
    }

    /// The server's TLS key is not vouched for. Nothing was sent.
    static final class StrangerException extends Exception {
        private static final long serialVersionUID = 1L;

        StrangerException() {
            super("not vouched for", null, false, false);
        }
    }

    Reply send(HttpRequest request) throws LostException, StrangerException, Refused {
        CompletableFuture<HttpResponse<Bytes>> pending;
        try {
            pending = http.sendAsync(request, BoundedBody.of(MAX_ANSWER));
        } catch (RejectedExecutionException e) {
            // closed in this very moment
            throw lost(request, e);
        }
        try {
            return reply(pending.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            pending.cancel(true);
            throw new LostException(
                    "There was no whole answer within " + limit.toSeconds() + " seconds.");
        } catch (InterruptedException e) {
            pending.cancel(true);
            Thread.currentThread().interrupt();
            throw new Refused(
                    FailureKind.SERVER_UNREACHABLE, "The wait for the answer was interrupted.");
        } catch (ExecutionException e) {
            throw lost(request, e.getCause() == null ? e : e.getCause());
        }
    }

    private LostException lost(HttpRequest request, Throwable cause)
            throws StrangerException, Refused {
        if (VouchedTrust.NotVouchedException.caused(cause)) {
            throw new StrangerException();
        }
        if (shown != null) {
            var refusal = shown.refusal(cause);
            if (refusal.isPresent()) {
                // to try again might cost a try of the key's PIN
                throw refusal.get();
            }
        }
        if (cause instanceof BoundedBody.TooLongException) {
            throw new Refused(FailureKind.PROTOCOL_BROKEN, "The answer is longer than 8 MiB.");
        }
        var where = request.uri().getAuthority();
        return new LostException(
                switch (cause) {
                    case HttpConnectTimeoutException _ -> where + " does not answer.";
                    case ConnectException e when hasCause(e, UnresolvedAddressException.class) ->
                            "There is no host of the name " + request.uri().getHost() + ".";
                    case ConnectException _ -> "Nothing listens at " + where + ".";
                    case SSLException _ -> "No TLS connection with " + where + " could be made.";
                    case IOException _, RejectedExecutionException _ ->
                            "The connection with " + where + " was cut.";
                    default -> throw new IllegalStateException(cause);
                });
    }

    private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
        for (var cause = thrown; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static Reply reply(HttpResponse<Bytes> response) throws Refused {
        var session = response.sslSession();
        if (session.isEmpty()) {
            throw new Refused(FailureKind.TLS_NOT_VOUCHED, "The answer did not come over TLS.");
        }
        return new Reply(
                response.statusCode(),
                response.headers(),
                response.body(),
                tlsKey(session.get()),
                session.get().getLocalCertificates() != null);
    }

    private static Bytes tlsKey(SSLSession session) throws Refused {
        try {
            return VouchedTrust.keyHash(session.getPeerCertificates()[0].getPublicKey());
        } catch (SSLPeerUnverifiedException e) {
            throw new Refused(FailureKind.TLS_NOT_VOUCHED, "The server showed no certificate.");
        }
    }

    /// Ends without waiting for what is under way.
    @Override
    public void close() {
        http.shutdownNow();
    }
}
