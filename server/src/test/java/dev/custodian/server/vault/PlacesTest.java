package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Secret;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final CountDownLatch answer = new CountDownLatch(1);
    private final List<String> late = new CopyOnWriteArrayList<>();
    private final Places two = new Places(2, SHORT);

    @AfterEach
    void letAllGo() {
        answer.countDown();
        two.close();
    }

    /// As a module that does not answer for now.
    private String hang() {
        try {
            answer.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return "at last";
    }

    private void lose() throws Exception {
        try (var place = two.enter()) {
            assertThatThrownBy(() -> place.send(this::hang, SHORT, late::add))
                    .isInstanceOf(Places.SilentException.class)
                    .hasMessageStartingWith("the HSM gave no answer for 50 ms; ");
        }
    }

    private static String sent(Places.Place place) throws GeneralSecurityException {
        return place.send(() -> "done", LONG, _ -> {});
    }

    @Test
    void whoFindsNoPlaceFreeInTimeIsRefused() throws Exception {
        try (var one = two.enter();
                var _ = two.enter()) {
            assertThatThrownBy(two::enter)
                    .isInstanceOf(GeneralSecurityException.class)
                    .isNotInstanceOf(Places.SilentException.class)
                    .hasMessage("all 2 sessions with the HSM were busy for 50 ms");
            assertThat(sent(one)).isEqualTo("done");
        }
        try (var again = two.enter()) {
            assertThat(sent(again)).isEqualTo("done");
        }
        assertThat(two.trouble()).isEmpty();
    }

    @Test
    void whoIsNotBackInTimeIsGivenUpAndTheOthersGoOn() throws Exception {
        lose();
        assertThat(two.lost()).isEqualTo(1);
        assertThat(two.isAllLost()).isFalse();
        assertThat(two.trouble())
                .isEqualTo("1 of 2 sessions wait for an answer of the HSM that does not come");
        try (var place = two.enter()) {
            assertThat(sent(place)).isEqualTo("done");
            assertThatThrownBy(two::enter).hasMessage(two.trouble());
        }
    }

    @Test
    void whereAllAreLostNobodyWaitsAndItIsSaid() throws Exception {
        try (var patient = new Places(1, LONG)) {
            try (var place = patient.enter()) {
                assertThatThrownBy(() -> place.send(this::hang, SHORT, late::add))
                        .isInstanceOf(Places.SilentException.class);
            }
            long began = System.nanoTime();
            assertThatThrownBy(patient::enter)
                    .isInstanceOf(Places.SilentException.class)
                    .hasMessageContaining("restart the server");
            assertThat(System.nanoTime() - began).isLessThan(LONG.toNanos());
        }
    }

    @Test
    void whoComesBackAfterAllFreesThePlaceAndWhatItBringsIsLate() throws Exception {
        lose();
        lose();
        assertThat(two.isAllLost()).isTrue();
        answer.countDown();
        await().atMost(LONG).until(() -> two.lost() == 0);
        assertThat(late).containsExactly("at last", "at last");
        try (var one = two.enter();
                var other = two.enter()) {
            assertThat(sent(one) + sent(other)).isEqualTo("donedone");
        }
    }

    @Test
    void whereNoThreadIsToBeHadThePlaceIsFreeAgain() throws Exception {
        var ended = new Places(1, SHORT);
        ended.close();
        for (int i = 0; i < 2; i++) {
            try (var place = ended.enter()) {
                assertThatThrownBy(() -> sent(place))
                        .isInstanceOf(RejectedExecutionException.class);
            }
        }
        assertThat(ended.lost()).isZero();
    }

    private static String fail(Exception how) throws GeneralSecurityException {
        if (how instanceof GeneralSecurityException failure) {
            throw failure;
        }
        throw (IllegalStateException) how;
    }

    private static String fail(String said) throws GeneralSecurityException {
        throw new GeneralSecurityException(said);
    }

    @Test
    void whatFailsInsideFailsOutside() throws Exception {
        var failure = new GeneralSecurityException("refused");
        var bug = new IllegalStateException("a bug");
        try (var place = two.enter()) {
            assertThatThrownBy(() -> place.send(() -> fail(failure), LONG, late::add))
                    .isSameAs(failure);
            assertThatThrownBy(() -> place.send(() -> fail(bug), LONG, late::add)).isSameAs(bug);
            assertThat(sent(place)).isEqualTo("done");
        }
        assertThat(late).isEmpty();
        assertThat(two.lost()).isZero();
    }

    @Test
    void failureThatComesLateFreesThePlaceToo() throws Exception {
        try (var place = two.enter()) {
            assertThatThrownBy(() -> place.send(() -> fail(hang()), SHORT, late::add))
                    .isInstanceOf(Places.SilentException.class);
        }
        answer.countDown();
        await().atMost(LONG).until(() -> two.lost() == 0);
        assertThat(late).isEmpty();
    }

    /// What opens with a vault's key, say, and nobody waits for any more.
    @Test
    void secretThatComesTooLateIsWiped() throws Exception {
        var octets = new byte[] {1, 2, 3};
        try (var place = two.enter()) {
            assertThatThrownBy(
                            () ->
                                    place.send(
                                            () -> {
                                                hang();
                                                return Secret.owning(octets);
                                            },
                                            SHORT))
                    .isInstanceOf(Places.SilentException.class);
        }
        assertThat(octets).containsExactly(1, 2, 3);
        answer.countDown();
        await().atMost(LONG).until(() -> two.lost() == 0);
        assertThat(octets).containsOnly(0);

        // one that comes in time is whose it is
        var kept = new byte[] {1, 2, 3};
        try (var place = two.enter();
                var secret = place.send(() -> Secret.owning(kept), LONG)) {
            assertThat(secret.expose()).containsExactly(1, 2, 3);
        }
    }
}
