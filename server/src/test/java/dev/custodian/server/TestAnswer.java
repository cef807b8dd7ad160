package dev.custodian.server;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An answer of the server.
record TestAnswer(int status, HttpHeaders headers, JsonNode body) {
    static TestAnswer of(HttpResponse<byte[]> response) {
        return new TestAnswer(
                response.statusCode(),
                response.headers(),
                JsonMapper.shared().readTree(response.body()));
    }

    String text(String name) {
        return body.path(name).asString("");
    }

    JsonNode custodian() {
        return body.path("custodian");
    }

    /// `status error: description [failure]`, or just the status of a success.
    String refusal() {
        return status == 200
                ? "200"
                : status
                        + " "
                        + text("error")
                        + ": "
                        + text("error_description")
                        + " ["
                        + custodian().path("failure").asString("")
                        + "]";
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }
}
