package dev.custodian.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Another program makes one call in the session's name.
class LentHeadersTest {
    @TempDir Path scratch;

    private FakeServer server;
    private Pairing pairing;

    @BeforeEach
    void pair() throws Exception {
        server = new FakeServer();
        pairing = new Pairing(server, scratch);
        new Credentials(pairing.session).list();
    }

    @AfterEach
    void close() {
        pairing.close();
    }

    @Test
    void headersMakeTheCallThatTheyAreFor() throws Exception {
        assertThat(call("credentials/list", "credentials/list")).isEqualTo(200);
    }

    @Test
    void headersMakeNoOtherCall() throws Exception {
        // The fake says so when a proof is not for its URL.
        assertThat(call("credentials/list", "credentials/getChallenge")).isEqualTo(500);
    }

    private int call(String lent, String made) throws Exception {
        var uri = URI.create(server.invitation().base() + "/csc/v2/" + made);
        var request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString("{}"));
        pairing.session.headers(lent).forEach(request::header);
        try (var other = new Transport(_ -> true, Duration.ofSeconds(10))) {
            return other.send(request.build()).status();
        }
    }
}
