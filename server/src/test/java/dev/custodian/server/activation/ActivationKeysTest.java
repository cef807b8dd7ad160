package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.IdentityStatement.ActivationKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ActivationKeysTest {
    private static final Bytes INTENT = Hashes.sha256(Bytes.utf8("intent"));

    private final SecureRandom random = new SecureRandom();
    private final Rig.StandingClock clock = new Rig.StandingClock();
    private final ActivationKeys keys = new ActivationKeys(clock, random);

    private Sealed sealedTo(ActivationKey key) throws GeneralSecurityException {
        try (var factors =
                new Factors(
                        Secret.owning("2468".getBytes(StandardCharsets.UTF_8)),
                        Secret.owning(new byte[32]),
                        Secret.owning(new byte[32]))) {
            return Sealed.seal(key.id(), key.key(), INTENT, factors, random);
        }
    }

    private void opens(Sealed sealed) throws Exception {
        try (var factors = sealed.open(keys.privateKey(sealed.keyId()), INTENT)) {
            assertThat(factors.pin().expose()).asString().isEqualTo("2468");
        }
    }

    private void isGone(Bytes id) {
        assertThatThrownBy(() -> keys.privateKey(id))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.kind())
                                        .isEqualTo(FailureKind.ACTIVATION_KEY_GONE));
    }

    @Test
    void keyIsTheSameForADayAndThenAnother() {
        var first = keys.current();
        clock.pass(Duration.ofDays(1).minusMillis(1));
        assertThat(keys.current()).isEqualTo(first);
        clock.pass(Duration.ofMillis(1));
        var second = keys.current();
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(second.key()).isNotEqualTo(first.key());
    }

    @Test
    void whatWasSealedYesterdayOpensAndWhatWasSealedBeforeIsGone() throws Exception {
        var first = sealedTo(keys.current());
        opens(first);
        clock.pass(Duration.ofDays(1));
        var second = sealedTo(keys.current());
        opens(first);
        opens(second);
        clock.pass(Duration.ofDays(1));
        keys.current();
        isGone(first.keyId());
        opens(second);
    }

    @Test
    void keyOfNobodyIsGone() {
        isGone(Bytes.of(new byte[Sealed.KEY_ID]));
        keys.current();
        isGone(Bytes.of(new byte[Sealed.KEY_ID]));
    }

    @Test
    void keysOfTwoServersDiffer() {
        var other = new ActivationKeys(clock, random).current();
        assertThat(keys.current().id()).isNotEqualTo(other.id());
        assertThat(keys.current().key()).isNotEqualTo(other.key());
    }
}
