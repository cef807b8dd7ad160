package dev.custodian.server.oauth;

import com.nimbusds.oauth2.sdk.OAuth2Error;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.csc.Answers;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Handler;
import dev.custodian.server.http.Reply;
import dev.custodian.server.owner.Sessions;
import java.util.Map;

/// `POST /oauth2/revoke` (RFC 7009), logging out: whoever has a token, refresh or access, ends the
/// login that it comes from. No proof is asked for: it only takes away. What is no token of ours is
/// answered alike (§2.2).
public final class RevocationEndpoint implements Handler {
    public static final String PATH = "/oauth2/revoke";

    /// Largest body in octets.
    public static final int BODY_LIMIT = 4 << 10;

    private final Sessions sessions;

    public RevocationEndpoint(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Reply handle(Call call) throws Exception {
        var token = Forms.read(call).getOrDefault("token", "");
        if (token.isEmpty()) {
            return Answers.refusal(
                    400,
                    OAuth2Error.INVALID_REQUEST.getCode(),
                    "Missing parameter token",
                    FailureKind.MALFORMED_REQUEST);
        }
        try {
            sessions.end(token);
            return Answers.json(Map.of());
        } catch (Refused e) {
            return Answers.of(e);
        }
    }
}
