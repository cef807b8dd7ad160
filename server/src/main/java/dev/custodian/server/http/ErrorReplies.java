package dev.custodian.server.http;

import dev.custodian.core.Bytes;
import tools.jackson.databind.json.JsonMapper;

/// What a client is told when no handler answers. One table; the words name neither the product nor
/// its parts.
final class ErrorReplies {
    private static final JsonMapper JSON = JsonMapper.shared();

    private ErrorReplies() {}

    static CallRefused refusal(int status) {
        return new CallRefused(status, sentence(status));
    }

    static Reply of(CallRefused refused) {
        return of(refused.status(), refused.sentence());
    }

    static Reply of(int status) {
        return of(status, sentence(status));
    }

    private static Reply of(int status, String sentence) {
        byte[] body =
                JSON.writeValueAsBytes(
                        JSON.createObjectNode()
                                .put("error", code(status))
                                .put("error_description", sentence));
        Reply reply = Reply.json(status, Bytes.of(body));
        return status == 503 ? reply.withHeader("Retry-After", "1") : reply;
    }

    private static String code(int status) {
        if (status == 503) {
            return "temporarily_unavailable";
        }
        return status >= 500 ? "server_error" : "invalid_request";
    }

    private static String sentence(int status) {
        return switch (status) {
            case 400 -> "The request is malformed.";
            case 404 -> "There is nothing at this path.";
            case 405 -> "This path does not take this method.";
            case 408 -> "The request did not arrive in time.";
            case 413 -> "The body is larger than this path takes.";
            case 414 -> "The request target is too long.";
            case 415 -> "The body must be sent without a content encoding.";
            case 417 -> "This expectation cannot be met.";
            case 431 -> "The headers are too large.";
            case 503 -> "The server is busy; try again shortly.";
            case 505 -> "This version of HTTP is not served.";
            default ->
                    status >= 500
                            ? "The server failed; try again later."
                            : "The request was refused.";
        };
    }
}
