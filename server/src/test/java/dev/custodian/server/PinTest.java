package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Guessing is limited (DESIGN §5.8): wrong PINs are counted, delayed, and lock the device.
final class PinTest {
    private static final String WRONG =
            "400 invalid_authentication_data: The authentication data is invalid [factors-refused]";
    private static final String LOCKED = "400 invalid_request: Credential locked [device-locked]";

    private TestServer server;
    private TestAgent agent;
    private Id credential;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
        agent = server.enrol();
        credential = server.credential(agent.owner(), KeyAlgorithm.P256);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TestAnswer tryPin(String pin) throws Exception {
        var approval = agent.approval(credential, agent.random(32));
        approval.pin = pin;
        return agent.csc("credentials/authorize", approval.body());
    }

    @Test
    void wrongPinsAreDelayedAndLockTheDevice() throws Exception {
        for (int tries = 1; tries <= 5; tries++) {
            assertThat(tryPin("000000").refusal()).isEqualTo(WRONG);
            server.clock.pass(Duration.ofMinutes(6));
        }
        assertThat(tryPin("000000").refusal()).isEqualTo(LOCKED);
        assertThat(tryPin(agent.pin).refusal()).isEqualTo(LOCKED);
        server.clock.pass(Duration.ofDays(1));
        assertThat(tryPin(agent.pin).refusal()).isEqualTo(LOCKED);
    }

    @Test
    void rightPinBeginsTheCountAnew() throws Exception {
        for (int round = 0; round < 3; round++) {
            assertThat(tryPin("000000").refusal()).isEqualTo(WRONG);
            assertThat(tryPin("000000").refusal()).isEqualTo(WRONG);
            assertThat(tryPin(agent.pin).refusal()).isEqualTo("200");
        }
    }

    @Test
    void triesMadeTooSoonAreNotEvenLookedAt() throws Exception {
        for (int tries = 0; tries < 3; tries++) {
            assertThat(tryPin("000000").refusal()).isEqualTo(WRONG);
        }
        var delayed = tryPin(agent.pin);
        assertThat(delayed.refusal())
                .startsWith("429 temporarily_unavailable: ")
                .endsWith("[factors-delayed]");
        assertThat(delayed.custodian().path("detail").asString()).isNotEmpty();
        server.clock.pass(Duration.ofSeconds(31));
        assertThat(tryPin(agent.pin).refusal()).isEqualTo("200");
    }
}
