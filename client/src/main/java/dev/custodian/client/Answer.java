package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The body of an answer as far as it is JSON, and the refusal that it may carry.
///
/// Errors of CSC servers are not always JSON (reference csc-api §13.11): what cannot be read counts
/// as empty.
///
/// @param what the request, as messages name it
record Answer(String what, Reply reply, Part body) {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final int OK = 200;
    private static final int LONGEST_TEXT = 300;

    static Answer of(String what, Reply reply) {
        return new Answer(what, reply, new Part(what, parse(reply.body())));
    }

    private static JsonNode parse(Bytes body) {
        try {
            var node = JSON.readTree(body.toArray());
            return node.isObject() ? node : JSON.createObjectNode();
        } catch (JacksonException e) {
            return JSON.createObjectNode();
        }
    }

    boolean isOk() {
        return reply.status() == OK;
    }

    /// The body of a success; otherwise the refusal that the server gave.
    Part orRefused() throws Refused {
        if (isOk()) {
            return body;
        }
        throw refusal();
    }

    /// The server's refusal: by its own id of the failure where it gives one, else by what HTTP and
    /// CSC say.
    Refused refusal() {
        var told = body.textOrEmpty("error_description");
        var id = body.inner("custodian").textOrEmpty("failure");
        for (var kind : FailureKind.values()) {
            if (kind.id().equals(id)) {
                return new Refused(
                        kind, detail(kind, body.inner("custodian").textOrEmpty("detail")));
            }
        }
        int status = reply.status();
        return switch (status / 100) {
            case 4 ->
                    switch (status) {
                        case 401 -> new Refused(FailureKind.NOT_AUTHENTICATED, clean(told));
                        case 429 -> new Refused(FailureKind.BUSY, clean(told));
                        default -> new Refused(FailureKind.MALFORMED_REQUEST, said(told));
                    };
            case 5 ->
                    new Refused(
                            status == 503 ? FailureKind.BUSY : FailureKind.INTERNAL, said(told));
            default ->
                    new Refused(
                            FailureKind.PROTOCOL_BROKEN,
                            what + " was answered with HTTP " + status + ".");
        };
    }

    private String detail(FailureKind kind, String told) {
        var wait = reply.retryAfter();
        return kind == FailureKind.FACTORS_DELAYED && wait > 0
                ? "Wait " + wait + " seconds."
                : clean(told);
    }

    private String said(String told) {
        var text = clean(told);
        return text.isEmpty()
                ? what + " was answered with HTTP " + reply.status() + "."
                : "The server says: " + text;
    }

    /// Text by the server, fit for a terminal.
    static String clean(String text) {
        var shown = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "…" : text;
        return shown.replaceAll("[\\p{Cntrl}\\p{Cf}]", " ").strip();
    }
}
