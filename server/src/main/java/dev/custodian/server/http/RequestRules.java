package dev.custodian.server.http;

import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;

/// Refuses what the library lets through though another program on the way may read it otherwise.
final class RequestRules {
    private RequestRules() {}

    static void check(Request request) throws CallRefused {
        requirePlainPath(request);
        requireKnownFraming(request);
        if (request.getHeaders().contains(HttpHeader.CONTENT_ENCODING)) {
            throw ErrorReplies.refusal(415);
        }
    }

    // One rule for `;`, escapes, dot segments and absent paths: the path is written as it is read.
    private static void requirePlainPath(Request request) throws CallRefused {
        String raw = request.getHttpURI().getPath();
        if (raw == null
                || !raw.equals(Request.getPathInContext(request))
                || request.getHttpURI().getFragment() != null) {
            throw CallRefused.malformed("The path is not in its plain form.");
        }
    }

    // RFC 9112 §6.1: a coding that we do not undo must not be ignored; a message of HTTP/1.0 has
    // none. RFC 9113 §8.2.2: nor has one of HTTP/2.
    private static void requireKnownFraming(Request request) throws CallRefused {
        List<String> codings = request.getHeaders().getValuesList(HttpHeader.TRANSFER_ENCODING);
        boolean known =
                request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
                        && codings.size() == 1
                        && codings.getFirst().equalsIgnoreCase("chunked");
        if (!codings.isEmpty() && !known) {
            throw CallRefused.malformed("This transfer coding is not understood.");
        }
    }
}
