package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ChallengesTest {
    private Instant now = Instant.parse("2026-11-24T12:00:00Z");
    private final Clock clock = new Now();
    private final Challenges challenges =
            new Challenges(
                    clock, new SecureRandom(), data -> Hashes.sha256(Bytes.utf8("key"), data));

    private final class Now extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @Test
    void nonceIsGoodForItsOwnerAndKindForFiveMinutes() {
        var nonce = challenges.issue("own_a", "sign");
        assertThat(nonce.size()).isEqualTo(32);
        assertThat(challenges.accepts(nonce, "own_a", "sign")).isTrue();
        now = now.plusSeconds(299);
        assertThat(challenges.accepts(nonce, "own_a", "sign")).isTrue();
        now = now.plusSeconds(60);
        assertThat(challenges.accepts(nonce, "own_a", "sign")).isFalse();
    }

    @Test
    void everyNonceIsAnotherOne() {
        assertThat(challenges.issue("own_a", "sign"))
                .isNotEqualTo(challenges.issue("own_a", "sign"));
    }

    @Test
    void nonceOfAnotherOwnerKindOrServerIsRefused() {
        var nonce = challenges.issue("own_a", "sign");
        assertThat(challenges.accepts(nonce, "own_b", "sign")).isFalse();
        assertThat(challenges.accepts(nonce, "own_a", "consent")).isFalse();
        var other =
                new Challenges(
                        clock,
                        new SecureRandom(),
                        data -> Hashes.sha256(Bytes.utf8("other key"), data));
        assertThat(other.accepts(nonce, "own_a", "sign")).isFalse();
    }

    @Test
    void nonceFromTheFutureOrOfAnotherLengthIsRefused() {
        now = now.plusSeconds(120);
        var nonce = challenges.issue("own_a", "sign");
        now = now.minusSeconds(120);
        assertThat(challenges.accepts(nonce, "own_a", "sign")).isFalse();
        assertThat(challenges.accepts(Bytes.EMPTY, "own_a", "sign")).isFalse();
        assertThat(challenges.accepts(Bytes.concat(nonce, Bytes.of((byte) 0)), "own_a", "sign"))
                .isFalse();
    }
}
