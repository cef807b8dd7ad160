package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.http.Handler;
import dev.custodian.server.http.Reply;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Answers in JSON, and refusals as the CSC API words them, with our own word for the failure
/// beside.
public final class Answers {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Answers() {}

    /// Returns a 200 with this object.
    public static Reply json(Map<String, ?> members) {
        return Reply.json(200, Bytes.of(JSON.writeValueAsBytes(members)));
    }

    /// Returns the refusal that the table has for this failure.
    public static Reply of(Refused refused) {
        var kind = refused.kind();
        var told = Failures.of(kind);
        // Of the server's own troubles, details are for its log.
        var detail = told.status() < 500 ? refused.detail() : "";
        return refusal(told.status(), told.error(), told.description(), kind, detail);
    }

    /// Returns a refusal with the API's own sentence.
    public static Reply of(CscRefused refused) {
        var told = Failures.of(refused.kind());
        return refusal(told.status(), told.error(), refused.description(), refused.kind());
    }

    /// Returns a refusal in words that the table does not have, those of OAuth.
    public static Reply refusal(int status, String error, String description, FailureKind kind) {
        return refusal(status, error, description, kind, "");
    }

    /// Returns a handler that answers refusals instead of throwing them.
    public static Handler guarded(Handler handler) {
        return call -> {
            try {
                return handler.handle(call);
            } catch (CscRefused e) {
                return of(e);
            } catch (Refused e) {
                return of(e);
            }
        };
    }

    private static Reply refusal(
            int status, String error, String description, FailureKind kind, String detail) {
        var body = JSON.createObjectNode().put("error", error);
        body.put("error_description", description);
        ObjectNode ours = body.putObject("custodian");
        ours.put("failure", kind.id()).put("next", kind.nextStep());
        if (!detail.isEmpty()) {
            ours.put("detail", detail);
        }
        var reply = Reply.json(status, Bytes.of(JSON.writeValueAsBytes(body)));
        return status == 503 ? reply.withHeader("Retry-After", "1") : reply;
    }
}
