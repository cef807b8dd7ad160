package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.json.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What is behind the calls by which a device proves its hardware: the question is a fixed one.
final class FakeProver {
    static final Bytes CLAIM = Bytes.utf8("claim");
    static final Bytes CHALLENGE = Bytes.utf8("challenge");
    static final Bytes ANSWER = Bytes.utf8("answer");

    /// What a proved device is told.
    String verdict = "HARDWARE_PROVED";

    /// Why the answer is refused; empty when it is not.
    String flaw = "";

    final List<String> steps = new ArrayList<>();

    FakeSigner.Told prove(ObjectNode body) {
        var kind = body.get("kind").stringValue();
        if (body.has("claim")) {
            steps.add(kind + " claim");
            require(is(body, "claim", CLAIM));
            return new FakeSigner.Told(
                    200, Json.object().put("challenge", CHALLENGE).put("state", "st.ate").build());
        }
        if (!flaw.isEmpty()) {
            return new FakeSigner.Told(
                    400,
                    Json.object()
                            .put("error", "invalid_request")
                            .put(
                                    "custodian",
                                    Json.object()
                                            .put("failure", "hardware-not-proved")
                                            .put("detail", flaw)
                                            .build())
                            .build());
        }
        if (kind.equals("tpm")) {
            steps.add("tpm answer");
            require(body.get("state").stringValue().equals("st.ate") && is(body, "answer", ANSWER));
        } else {
            steps.add("piv");
            require(is(body, "statement", CLAIM) && is(body, "certificate", ANSWER));
        }
        return new FakeSigner.Told(200, Json.object().put("verdict", verdict).build());
    }

    private static boolean is(ObjectNode body, String name, Bytes octets) {
        return body.get(name).stringValue().equals(octets.base64Url());
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("another step than the one before asked for");
        }
    }
}
