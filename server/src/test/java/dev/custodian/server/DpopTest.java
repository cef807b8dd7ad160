package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.server.store.DeviceRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tokens are good only together with the key that they are bound to (RFC 7523, RFC 9449).
final class DpopTest {
    private static final String LIST = "/csc/v2/credentials/list";
    private static final String INFO = "/csc/v2/credentials/info";

    private TestServer server;
    private TestAgent agent;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
        agent = server.enrol();
        agent.login();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TestAnswer list(String authorization, String proof) throws Exception {
        return agent.send(LIST, "{}", authorization, proof);
    }

    private TestAnswer list(Map<String, Object> otherClaims) throws Exception {
        return list("DPoP " + agent.token(), agent.proof(LIST, otherClaims));
    }

    private static void assertRefused(TestAnswer answer, String error) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.text("error")).isEqualTo(error);
        assertThat(answer.header("WWW-Authenticate"))
                .startsWith("DPoP ")
                .contains("error=\"" + error + "\"")
                .contains("algs=\"ES256\"");
        assertThat(answer.header("DPoP-Nonce")).isNotEmpty();
        assertThat(answer.custodian().path("failure").asString()).isEqualTo("not-authenticated");
    }

    @Test
    void tokenWithItsProofIsAccepted() throws Exception {
        assertThat(list(Map.of()).refusal()).isEqualTo("200");
    }

    @Test
    void callWithoutATokenIsToldHowToComeBack() throws Exception {
        var answer = list("", "");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("DPoP algs=\"ES256\"");
    }

    @Test
    void boundTokenUnderBearerIsRefused() throws Exception {
        assertRefused(
                list("Bearer " + agent.token(), agent.proof(LIST, Map.of())), "invalid_token");
        assertRefused(list("Bearer " + agent.token(), ""), "invalid_token");
    }

    @Test
    void otherSchemesAreMalformed() throws Exception {
        var answer = list("Basic YTpi", "");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("error_description")).isEqualTo("Malformed authorization header");
    }

    @Test
    void proofForAnotherCallIsRefused() throws Exception {
        assertRefused(list(Map.of("htm", "GET")), "invalid_dpop_proof");
        assertRefused(list(Map.of("htu", server.url() + INFO)), "invalid_dpop_proof");
        assertRefused(list(Map.of("htu", "https://other.example" + LIST)), "invalid_dpop_proof");
        assertRefused(list(Map.of("ath", "")), "invalid_dpop_proof");
        assertRefused(
                list(Map.of("ath", Hashes.sha256(Bytes.utf8("other")).base64Url())),
                "invalid_dpop_proof");
        assertRefused(list(Map.of("jti", "")), "invalid_dpop_proof");
        // query and fragment do not count (RFC 9449 §4.3)
        assertThat(list(Map.of("htu", server.url() + LIST + "?a=b#c")).refusal()).isEqualTo("200");
    }

    @Test
    void proofMustBeOfNow() throws Exception {
        long now = server.clock.instant().getEpochSecond();
        assertRefused(list(Map.of("iat", now - 301)), "invalid_dpop_proof");
        assertRefused(list(Map.of("iat", now + 301)), "invalid_dpop_proof");
        assertThat(list(Map.of("iat", now - 250)).refusal()).isEqualTo("200");
    }

    @Test
    void proofWithoutOurNonceIsRefused() throws Exception {
        assertRefused(list(Map.of("nonce", "")), "use_dpop_nonce");
        assertRefused(list(Map.of("nonce", agent.random(24).base64Url())), "use_dpop_nonce");
        var proof = agent.proof(LIST, Map.of());
        assertThat(list("DPoP " + agent.token(), proof).refusal()).isEqualTo("200");
        server.clock.pass(Duration.ofMinutes(6));
        assertRefused(list("DPoP " + agent.token(), proof), "use_dpop_nonce");
    }

    @Test
    void proofOfAnotherKeyIsRefused() throws Exception {
        var other = new ECKeyGenerator(Curve.P_256).generate();
        assertRefused(
                list("DPoP " + agent.token(), agent.proof(other, LIST, Map.of())), "invalid_token");
    }

    @Test
    void missingOrDamagedProofIsRefused() throws Exception {
        assertRefused(list("DPoP " + agent.token(), ""), "invalid_dpop_proof");
        assertRefused(list("DPoP " + agent.token(), "x.y.z"), "invalid_dpop_proof");
        var proof = agent.proof(LIST, Map.of());
        var end = proof.endsWith("AA") ? "BB" : "AA";
        assertRefused(
                list(
                        "DPoP " + agent.token(),
                        proof.substring(0, proof.length() - 20) + end.repeat(10)),
                "invalid_dpop_proof");
    }

    @Test
    void tokenEnds() throws Exception {
        server.clock.pass(Duration.ofMinutes(9));
        list("", "");
        assertThat(list(Map.of()).refusal()).isEqualTo("200");
        server.clock.pass(Duration.ofMinutes(1));
        assertRefused(list(Map.of()), "invalid_token");
        assertRefused(list("DPoP tok_x", agent.proof(LIST, Map.of())), "invalid_token");
    }

    @Test
    void removedDeviceIsOutAtOnce() throws Exception {
        var store = server.foundation.parts().store();
        try (var tx = store.begin()) {
            var row = tx.device(agent.deviceId());
            assertThat(row).isNotNull();
            tx.updateDevice(
                    new DeviceRow(
                            row.id(),
                            row.owner(),
                            row.slot(),
                            row.name(),
                            row.spki(),
                            row.sharePublic(),
                            row.slotBox(),
                            DeviceRow.State.REMOVED,
                            row.tries(),
                            row.notBefore(),
                            row.created()));
            tx.commit();
        }
        assertRefused(list(Map.of()), "invalid_token");
        assertThat(agent.login(agent.assertion(Map.of()), Map.of()).text("error"))
                .isEqualTo("invalid_grant");
    }

    private void assertNoToken(
            Map<String, Object> assertion, Map<String, Object> proof, String error)
            throws Exception {
        var answer = agent.login(agent.assertion(assertion), proof);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text("error")).isEqualTo(error);
        assertThat(answer.header("DPoP-Nonce")).isNotEmpty();
    }

    @Test
    void assertionThatIsRightInAllButOneIsRefused() throws Exception {
        long now = server.clock.instant().getEpochSecond();
        var grant = "invalid_grant";
        assertThat(agent.login(agent.assertion(Map.of()), Map.of()).status()).isEqualTo(200);
        assertNoToken(Map.of("aud", "https://other.example/oauth2/token"), Map.of(), grant);
        assertNoToken(Map.of("iss", "dev_" + "a".repeat(26)), Map.of(), grant);
        assertNoToken(Map.of("sub", agent.owner().text()), Map.of(), grant);
        assertNoToken(Map.of("exp", now + 61), Map.of(), grant);
        assertNoToken(Map.of("iat", now - 120, "exp", now - 60), Map.of(), grant);
        assertNoToken(Map.of("iat", now + 31, "exp", now + 60), Map.of(), grant);
        assertNoToken(Map.of("jti", ""), Map.of(), grant);
        assertNoToken(Map.of("cnf", Map.of("jkt", agent.random(32).base64Url())), Map.of(), grant);
        assertNoToken(Map.of("cnf", Map.of()), Map.of(), grant);
        assertNoToken(Map.of(), Map.of("nonce", ""), "use_dpop_nonce");
        assertNoToken(Map.of(), Map.of("htu", server.url() + LIST), "invalid_dpop_proof");
    }

    @Test
    void assertionIsGoodOnce() throws Exception {
        var assertion = agent.assertion(Map.of());
        assertThat(agent.login(assertion, Map.of()).status()).isEqualTo(200);
        assertThat(agent.login(assertion, Map.of()).text("error")).isEqualTo("invalid_grant");
    }

    @Test
    void assertionOfAnotherDeviceKeyIsRefused() throws Exception {
        var stranger = server.enrol();
        var forged =
                stranger.jws(
                        "JWT",
                        agent.deviceId().text(),
                        com.nimbusds.jwt.SignedJWT.parse(agent.assertion(Map.of()))
                                .getPayload()
                                .toBytes());
        assertThat(agent.login(forged, Map.of()).text("error")).isEqualTo("invalid_grant");
    }
}
