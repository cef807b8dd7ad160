package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.DeviceJwk;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Devices come and go over HTTP.
final class OwnerCallsTest {
    private static final String CODE = "abcdefghijklmnopqrstuvwxy2";

    @TempDir Path folder;

    private TestServer server;
    private TestAgent ada;
    private TestAgent phone;
    private Id credential;

    @BeforeEach
    void start() throws Exception {
        server = TestServer.start(folder);
        ada = server.enrol();
        credential = server.credential(ada.owner(), KeyAlgorithm.P256);
        phone = new TestAgent(server.url(), server.clock);
        phone.owner = ada.owner();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String sealed(TestAgent agent, Bytes intent, String more) throws Exception {
        var key = agent.identity().activation();
        try (var factors =
                new Factors(
                        Secret.owning(agent.pin.getBytes(StandardCharsets.UTF_8)),
                        Secret.owning(agent.share.toArray()),
                        Secret.owning(agent.random(32).toArray()),
                        Secret.owning(more.getBytes(StandardCharsets.UTF_8)))) {
            return Sealed.seal(key.id(), key.key(), Hashes.sha256(intent), factors, agent.random)
                    .encode()
                    .base64Url();
        }
    }

    private Bytes intent(TestAgent agent, Approver approver, String nonce, Matter matter)
            throws Exception {
        var now = server.clock.instant();
        return new Intent(
                        agent.identity().thumbprint(),
                        approver,
                        Bytes.fromBase64Url(nonce),
                        now,
                        now.plusSeconds(120),
                        List.of(new Shown("device", "Ada's phone", Shown.Source.REPORTED)),
                        matter)
                .encode();
    }

    private Map<String, Object> joining() throws Exception {
        var greeting = phone.get("/identity");
        phone.believe(greeting.text("identity"));
        var octets =
                intent(
                        phone,
                        new Approver.Elsewhere(ada.owner()),
                        greeting.text("nonce"),
                        new Matter.Enrol(Matter.Enrol.NO_CODE, jwk(phone)));
        return Map.of(
                "owner", ada.owner().text(),
                "device", phone.jws(Intent.TYPE, "", octets.toArray()),
                "sealed", sealed(phone, octets, ""));
    }

    private static DeviceJwk jwk(TestAgent agent) throws Exception {
        return DeviceJwk.of(agent.deviceKey.toECPublicKey());
    }

    private static Bytes thumbprint(TestAgent agent) throws Exception {
        return Hashes.sha256(Bytes.of(agent.deviceKey.toECPublicKey().getEncoded()));
    }

    private TestAnswer change(
            TestAgent agent, String what, String subject, String after, String more)
            throws Exception {
        var challenge = agent.csc("owner/getChallenge", Map.of());
        agent.believe(challenge.custodian().path("identity").asString());
        var octets =
                intent(
                        agent,
                        new Approver.OnDevice(agent.owner(), agent.deviceId()),
                        challenge.text("challenge"),
                        new Matter.Change(what, subject, after));
        return agent.csc(
                "owner/change",
                Map.of(
                        "device",
                        agent.jws(Intent.TYPE, agent.deviceId().text(), octets.toArray()),
                        "sealed",
                        sealed(agent, octets, more),
                        "since",
                        1,
                        "size",
                        0));
    }

    private void join() throws Exception {
        var request = joining();
        var id = phone.post("/enrol", request).body().path("waiting").path("device").asString();
        phone.deviceId = Id.parse(Id.Kind.DEVICE, id);
        assertThat(change(ada, "add-device", id, thumbprint(phone).base64Url(), "").refusal())
                .isEqualTo("200");
        assertThat(phone.post("/enrol", request).text("device")).isEqualTo(id);
    }

    @Test
    void removedDevicesTokenIsWorthlessAtOnce() throws Exception {
        join();
        assertThat(phone.csc("credentials/list", Map.of()).refusal()).isEqualTo("200");
        var sad = phone.authorize(credential, TestDigests.of("a"));
        var changed = change(ada, "remove-device", phone.deviceId().text(), "", "");
        assertThat(changed.custodian().path("records").size()).isEqualTo(2);

        var path = "/csc/v2/signatures/signHash";
        var body = TestAgent.signing(credential, sad, "1.2.840.10045.4.3.2", TestDigests.of("a"));
        var late =
                phone.send(
                        path,
                        JsonMapper.shared().writeValueAsString(body),
                        "DPoP " + phone.token(),
                        phone.proof(path, Map.of()));
        assertThat(late.status()).isEqualTo(401);
        assertThat(phone.login(phone.assertion(Map.of()), Map.of()).text("error"))
                .isEqualTo("invalid_grant");
        assertThat(server.signings).hasValue(0);
    }

    @Test
    void listNamesDevicesAndWhatWaits() throws Exception {
        assertThat(phone.post("/enrol", joining()).refusal()).isEqualTo("200");
        var before = ada.csc("owner/devices", Map.of()).body();
        assertThat(before.path("waiting").size()).isEqualTo(1);
        assertThat(before.path("waiting").get(0).path("name").asString()).isEqualTo("Ada's phone");
        assertThat(before.path("devices").get(0).path("seen").asString())
                .isEqualTo(server.clock.instant().toString());
        var waiting = before.path("waiting").get(0).path("device").asString();
        assertThat(ada.csc("owner/refuse", Map.of("device", waiting)).refusal()).isEqualTo("200");
        assertThat(ada.csc("owner/refuse", Map.of("device", "nobody")).refusal())
                .endsWith("[join-request-gone]");

        join();
        change(ada, "remove-device", phone.deviceId().text(), "", "");
        var after = ada.csc("owner/devices", Map.of()).body();
        assertThat(after.path("waiting").size()).isZero();
        assertThat(after.path("devices").findValuesAsString("state"))
                .containsExactlyInAnyOrder("active", "removed");
        assertThat(change(ada, "remove-device", ada.deviceId().text(), "", "").refusal())
                .endsWith("[last-device]");
    }

    @Test
    void ownerThatIsNoneIsNotTold() throws Exception {
        var body = new HashMap<String, Object>(joining());
        body.put("owner", "nobody");
        assertThat(phone.post("/enrol", body).refusal()).endsWith("[invitation-refused]");
        assertThat(phone.post("/recover", body).refusal()).endsWith("[recovery-refused]");
    }

    @Test
    void recoveryIsSeenDuringItsDelayAndThenLeavesOneDevice() throws Exception {
        assertThat(change(ada, "recovery-code", "", "", CODE).refusal()).isEqualTo("200");
        assertThat(recover().body().path("waiting").path("due").asString())
                .isEqualTo(server.clock.instant().plus(Duration.ofDays(3)).toString());
        assertThat(
                        ada.csc("owner/devices", Map.of())
                                .body()
                                .path("recovery")
                                .path("spki")
                                .asString())
                .isEqualTo(Bytes.of(phone.deviceKey.toECPublicKey().getEncoded()).base64Url());
        server.clock.pass(Duration.ofDays(3));
        var recovered = recover();
        phone.deviceId = Id.parse(Id.Kind.DEVICE, recovered.text("device"));
        assertThat(phone.csc("credentials/list", Map.of()).refusal()).isEqualTo("200");
        // the first one only brings a nonce of now
        ada.login(ada.assertion(Map.of()), Map.of());
        assertThat(ada.login(ada.assertion(Map.of()), Map.of()).text("error"))
                .isEqualTo("invalid_grant");
    }

    private TestAnswer recover() throws Exception {
        var greeting = phone.get("/identity");
        phone.believe(greeting.text("identity"));
        var octets =
                intent(
                        phone,
                        new Approver.Elsewhere(ada.owner()),
                        greeting.text("recovery"),
                        new Matter.Change(
                                "recover", ada.owner().text(), thumbprint(phone).base64Url()));
        return phone.post(
                "/recover",
                Map.of(
                        "owner", ada.owner().text(),
                        "x", jwk(phone).x().base64Url(),
                        "y", jwk(phone).y().base64Url(),
                        "device", phone.jws(Intent.TYPE, "", octets.toArray()),
                        "sealed", sealed(phone, octets, CODE)));
    }
}
