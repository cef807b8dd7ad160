package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.identity.IdentityStatement;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.JournalRecord;
import java.net.URI;
import java.nio.file.Path;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// `/identity` and `/enrol` (FORMATS §3).
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PairingTest {
    private static final String NO_INVITATION =
            "403 access_denied: The invitation is unknown, used up or too old."
                    + " [invitation-refused]";

    private TestServer server;
    private TestAgent newcomer;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void come() throws Exception {
        newcomer = new TestAgent(server.url(), server.clock);
    }

    @Test
    void identityVouchesForEveryOtherKey() throws Exception {
        var keys = server.foundation.keys();
        var jws = JWSObject.parse(newcomer.get("/identity").text("identity"));
        var identity = (ECPublicKey) keys.identity().getPublic();
        assertThat(jws.verify(new ECDSAVerifier(identity))).isTrue();
        assertThat(jws.getHeader().getType().getType()).isEqualTo(IdentityStatement.TYPE);

        var statement = IdentityStatement.decode(Bytes.of(jws.getPayload().toBytes()));
        assertThat(statement.thumbprint()).isEqualTo(keys.thumbprint());
        var certificate = keys.tls().chain().getFirst();
        assertThat(statement.tls())
                .containsExactly(Hashes.sha256(Bytes.of(certificate.getPublicKey().getEncoded())));
        assertThat(statement.journal()).isEqualTo(keys.checkpointKey().verifier().text());
        assertThat(statement.base()).isEqualTo(server.url() + "/csc/v2");
        assertThat(statement.time()).isEqualTo(server.clock.instant());
        assertThat(statement.expires()).isEqualTo(statement.time().plus(Duration.ofHours(1)));
    }

    @Test
    void statementIsMadeOnceASecondAtMost() throws Exception {
        var first = newcomer.get("/identity");
        var second = newcomer.get("/identity");
        assertThat(second.text("identity")).isEqualTo(first.text("identity"));
        assertThat(second.text("nonce")).isNotEqualTo(first.text("nonce"));
        server.clock.pass(Duration.ofSeconds(1));
        assertThat(newcomer.get("/identity").text("identity")).isNotEqualTo(first.text("identity"));
    }

    @Test
    void newcomerIsEnrolled() throws Exception {
        var answer = newcomer.enrol(server.invite());
        assertThat(answer.refusal()).isEqualTo("200");
        for (var name : new String[] {"owner", "device", "slot", "record", "checkpoint", "proof"}) {
            assertThat(answer.body().has(name)).as(name).isTrue();
        }
        assertThat(newcomer.csc("credentials/list", Map.of()).refusal()).isEqualTo("200");
    }

    @Test
    void deviceKeyIsJournalledSoThatEvidenceCanBeCheckedFromTheJournalAlone() throws Exception {
        newcomer.enrol(server.invite());
        var key = Bytes.of(newcomer.deviceKey.toECPublicKey().getEncoded()).base64Url();
        try (var reader = server.foundation.parts().store().read()) {
            var chain = Objects.requireNonNull(reader.chain(newcomer.owner()));
            var record = reader.recordsAfter(chain, 0, 1, 1 << 20).getFirst().record();
            assertThat(JournalRecord.parse(record))
                    .isInstanceOfSatisfying(
                            Change.class,
                            change -> assertThat(change.details()).containsEntry("spki", key));
        }
    }

    @Test
    void codeThatWasNeverGivenOutIsRefused() throws Exception {
        var invented =
                new Invitation(
                        URI.create("https://x.example"),
                        newcomer.random(Invitation.CODE),
                        server.foundation.keys().thumbprint());
        assertThat(newcomer.enrol(invented).refusal()).isEqualTo(NO_INVITATION);
        var body = new HashMap<String, Object>(newcomer.enrolment(server.invite()));
        body.put("code", "no code");
        assertThat(newcomer.post("/enrol", body).refusal()).isEqualTo(NO_INVITATION);
    }

    @Test
    void invitationEndsAfterADay() throws Exception {
        var invitation = server.invite();
        server.clock.pass(Duration.ofHours(24));
        assertThat(newcomer.enrol(invitation).refusal()).isEqualTo(NO_INVITATION);
    }

    @Test
    void codeMustBeTheOneThatTheDeviceSigned() throws Exception {
        var body = new HashMap<String, Object>(newcomer.enrolment(server.invite()));
        body.put("code", server.invite().codeText());
        assertThat(newcomer.post("/enrol", body).refusal()).endsWith("[intent-mismatch]");
    }

    @Test
    void enrolmentSignedByAnotherKeyIsRefused() throws Exception {
        var other = new TestAgent(server.url(), server.clock);
        var body = new HashMap<String, Object>(newcomer.enrolment(server.invite()));
        var intent = JWSObject.parse(String.valueOf(body.get("device"))).getPayload().toBytes();
        body.put("device", other.jws("custodian-intent+jwt", "", intent));
        assertThat(newcomer.post("/enrol", body).refusal()).endsWith("[factors-refused]");
    }

    @Test
    void missingMembersAreNamed() throws Exception {
        assertThat(newcomer.post("/enrol", Map.of()).text("error_description"))
                .isEqualTo("Missing (or invalid type) string parameter device");
    }
}
