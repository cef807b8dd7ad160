package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Consents over HTTP (FORMATS §6): given once with the PIN, used without it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ConsentCallsTest {
    private static final String SUBJECT = "git (pid 12), session 3";

    private TestServer server;
    private TestAgent agent;
    private Id login;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
        agent = server.enrol();
        login = server.login(agent.owner());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Map<String, Object> grant(int count) throws Exception {
        var challenge =
                agent.csc(
                        "credentials/getChallenge",
                        Map.of(
                                "credentialID",
                                login.text(),
                                "authObjectID",
                                "DEVICE",
                                "custodian",
                                Map.of("kind", "consent")));
        agent.believe(challenge.custodian().path("identity").asString());
        var now = agent.identity().time();
        var intent =
                new Intent(
                                agent.identity().thumbprint(),
                                new Approver.OnDevice(agent.owner(), agent.deviceId()),
                                Bytes.fromBase64Url(challenge.text("challenge")),
                                now,
                                now.plusSeconds(120),
                                List.of(),
                                new Matter.Consent(
                                        login, Purpose.LOGIN, count, now.plusSeconds(600), SUBJECT))
                        .encode();
        var key = agent.identity().activation();
        try (var factors =
                new Factors(
                        Secret.owning(agent.pin.getBytes(StandardCharsets.UTF_8)),
                        Secret.owning(agent.share.toArray()),
                        Secret.owning(agent.random(32).toArray()))) {
            var sealed =
                    Sealed.seal(key.id(), key.key(), Hashes.sha256(intent), factors, agent.random);
            return Map.of(
                    "credentialID",
                    login.text(),
                    "authData",
                    List.of(
                            object(
                                    "DEVICE",
                                    agent.jws(
                                            Intent.TYPE,
                                            agent.deviceId().text(),
                                            intent.toArray())),
                            object("SEALED", sealed.encode().base64Url())));
        }
    }

    private static Map<String, String> object(String id, String value) {
        return Map.of("id", id, "value", value);
    }

    private Map<String, Object> signing(String secret, Bytes digest) throws Exception {
        var approval = agent.approval(login, digest);
        approval.purpose = Purpose.LOGIN;
        approval.shown = Shown.subject(SUBJECT);
        var body = approval.body(approval.deviceJws(), "");
        body.put(
                "authData",
                List.of(object("DEVICE", approval.deviceJws()), object("CONSENT", secret)));
        return body;
    }

    @Test
    void oneConsentSignsAsOftenAsItSays() throws Exception {
        var request = grant(2);
        var granted = agent.csc("consents/grant", request);
        assertThat(granted.refusal()).isEqualTo("200");
        assertThat(granted.text("level")).isEqualTo("bound");
        var secret = granted.text("secret");
        assertThat(agent.csc("consents/grant", request).text("secret")).isEqualTo(secret);

        for (int i = 0; i < 2; i++) {
            var digest = Hashes.sha256(Bytes.utf8("login " + i));
            var authorized = agent.csc("credentials/authorize", signing(secret, digest));
            assertThat(authorized.refusal()).isEqualTo("200");
            var signed =
                    agent.csc(
                            "signatures/signHash",
                            TestAgent.signing(
                                    login, authorized.text("SAD"), "1.2.840.10045.4.3.2", digest));
            assertThat(signed.refusal()).isEqualTo("200");
        }
        var third = signing(secret, Hashes.sha256(Bytes.utf8("login 3")));
        assertThat(agent.csc("credentials/authorize", third).refusal())
                .isEqualTo(
                        "400 invalid_authentication_data: The consent covers no more signatures. [consent-used-up]");
    }

    @Test
    void consentsAreListedAndForgottenByTheirDeviceAlone() throws Exception {
        var granted = agent.csc("consents/grant", grant(5));
        var id = granted.text("consent");
        var listed = agent.csc("consents/list", Map.of()).body().path("consents");
        var found =
                listed.valueStream()
                        .filter(one -> one.path("consent").asString().equals(id))
                        .findFirst()
                        .orElseThrow();
        assertThat(found.path("subject").asString()).isEqualTo(SUBJECT);
        assertThat(found.path("remaining").asInt()).isEqualTo(5);
        assertThat(found.path("credentialID").asString()).isEqualTo(login.text());
        assertThat(listed.toString()).doesNotContain(granted.text("secret"));

        var stranger = server.enrol();
        assertThat(stranger.csc("consents/list", Map.of()).body().path("consents").size()).isZero();
        assertThat(stranger.csc("consents/forget", Map.of("consent", id)).refusal())
                .endsWith("[consent-unknown]");
        assertThat(agent.csc("consents/forget", Map.of("consent", id)).refusal()).isEqualTo("200");
        assertThat(agent.csc("consents/forget", Map.of("consent", "cns_no")).refusal())
                .endsWith("[consent-unknown]");
        var late = signing(granted.text("secret"), Hashes.sha256(Bytes.utf8("late")));
        assertThat(agent.csc("credentials/authorize", late).refusal())
                .endsWith("[consent-revoked]");
    }

    @Test
    void oddAuthenticationDataIsRefused() throws Exception {
        var secret = agent.csc("consents/grant", grant(5)).text("secret");
        var digest = Hashes.sha256(Bytes.utf8("odd"));
        var right = signing(secret, digest);
        var device = object("DEVICE", agent.approval(login, digest).deviceJws());
        for (var data :
                List.of(
                        List.of(device),
                        List.of(object("CONSENT", secret)),
                        List.of(device, object("CONSENT", secret), object("CONSENT", secret)),
                        List.of(device, object("CONSENT", secret), object("SEALED", "AAAA")),
                        List.of(device, object("CONSENT", "AAAA")),
                        List.of(device, object("OTHER", secret)))) {
            right.put("authData", data);
            assertThat(agent.csc("credentials/authorize", right).refusal())
                    .startsWith("400 invalid_authentication_data");
        }
        var noKind =
                Map.of(
                        "credentialID",
                        login.text(),
                        "authObjectID",
                        "DEVICE",
                        "custodian",
                        Map.of("kind", "enrol"));
        assertThat(agent.csc("credentials/getChallenge", noKind).status()).isEqualTo(400);
    }
}
