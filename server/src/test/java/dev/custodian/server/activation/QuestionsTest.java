package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.Challenge;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuestionsTest {
    private static final Bytes CLAIM = Bytes.utf8("claim");

    @TempDir Path folder;

    private Rig rig;
    private Questions questions;
    private Id device;
    private Challenge challenge;
    private Bytes key;
    private Bytes state;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        questions = new Questions(rig.vault, rig.clock);
        device = Id.of(Id.Kind.DEVICE, rig.random(16));
        challenge = new Challenge(rig.random(32), rig.random(100), rig.random(256));
        key = rig.random(32);
        try (var secret = Secret.owning(key.toArray())) {
            state = questions.keep(device, secret, challenge.encode(), CLAIM);
        }
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static void refused(String sentence, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(FailureKind.HARDWARE_NOT_PROVED);
                            assertThat(refused.detail()).contains(sentence);
                        });
    }

    @Test
    void anotherDevicesQuestionIsNone() {
        var other = Id.of(Id.Kind.DEVICE, rig.random(16));
        refused("was not asked that", () -> questions.open(other, state).close());
    }

    @Test
    void changedQuestionIsNone() {
        for (int at : new int[] {0, 20, state.size() - 1}) {
            var octets = state.toArray();
            octets[at] ^= 1;
            refused("was not asked that", () -> questions.open(device, Bytes.of(octets)).close());
        }
        refused("was not asked that", () -> questions.open(device, Bytes.EMPTY).close());
    }

    @Test
    void questionIsGoodForMinutes() throws Exception {
        rig.clock.pass(Questions.LIFE.minus(Duration.ofMillis(1)));
        questions.open(device, state).close();
        rig.clock.pass(Duration.ofMillis(1));
        refused("too long ago", () -> questions.open(device, state).close());
    }

    @Test
    void questionIsUsedUpOnceAndForAllNodes() throws Exception {
        questions.take(rig.journal, Hashes.sha256(state));
        var elsewhere = new Questions(rig.vault, rig.clock);
        refused("answered before", () -> elsewhere.take(rig.journal, Hashes.sha256(state)));
    }

    @Test
    void anyNodeOpensWhatAnotherAsked() throws Exception {
        try (var asked = new Questions(rig.vault, rig.clock).open(device, state)) {
            assertThat(Bytes.of(asked.key().expose())).isEqualTo(key);
            assertThat(asked.challenge()).isEqualTo(challenge);
            assertThat(asked.claim()).isEqualTo(CLAIM);
        }
    }

    @Test
    void stateTellsNothingOfTheTpm() {
        assertThat(state.hex()).doesNotContain(CLAIM.hex()).doesNotContain(key.hex());
    }
}
