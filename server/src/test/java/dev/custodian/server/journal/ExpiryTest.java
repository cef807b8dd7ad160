package dev.custodian.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.ConsentRow;
import dev.custodian.server.store.Opening;
import dev.custodian.server.store.Samples;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Deleting in steps: none is long, and none is the last while there is more.
class ExpiryTest {
    private static final int STEP = 50;

    @TempDir Path folder;
    private JournalFixture fixture;
    private Expiry expiry;

    @BeforeEach
    void start() throws Exception {
        fixture = new JournalFixture(folder);
        expiry = new Expiry(fixture.store, fixture.clock);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private List<AuthorizationRow> authorize(int count) throws Refused {
        var rows = new ArrayList<AuthorizationRow>();
        try (var tx = fixture.store.begin()) {
            for (int i = 0; i < count; i++) {
                rows.add(
                        tx.insertAuthorization(
                                Samples.authorizationRow(i, JournalFixture.CREDENTIAL),
                                List.of(Samples.digest("one"))));
            }
            tx.commit();
        }
        return rows;
    }

    private long left(List<AuthorizationRow> rows) throws Refused {
        long left = 0;
        try (var reader = fixture.store.read()) {
            for (var row : rows) {
                if (reader.authorization(row.number()) != null) {
                    left++;
                }
            }
        }
        return left;
    }

    @Test
    void manyAuthorizationsAreDeletedStepByStep() throws Exception {
        var rows = authorize(2 * STEP - 1);
        fixture.clock.move(Duration.ofMinutes(20).minusMillis(1));
        assertThat(expiry.step()).isFalse();
        assertThat(left(rows)).isEqualTo(2 * STEP - 1);
        fixture.clock.move(Duration.ofMillis(1));
        assertThat(expiry.step()).isTrue();
        assertThat(left(rows)).isEqualTo(STEP - 1);
        assertThat(expiry.step()).isFalse();
        assertThat(left(rows)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {STEP - 1, STEP})
    void manyTokensAreDeletedStepByStep(int count) throws Exception {
        try (var tx = fixture.store.begin()) {
            for (int i = 0; i < count; i++) {
                tx.takeJti(Samples.hash("jti " + i), Samples.NOW);
            }
            tx.commit();
        }
        fixture.clock.move(Duration.ofSeconds(1));
        assertThat(expiry.step()).isEqualTo(count == STEP);
        assertThat(expiry.step()).isFalse();
        try (var tx = fixture.store.begin()) {
            assertThat(tx.takeJti(Samples.hash("jti 0"), Samples.NOW)).isTrue();
        }
    }

    @Test
    void openingIsGoneAtItsEndThoughItsRowIsKept() throws Exception {
        var row = authorize(1).getFirst();
        fixture.clock.move(Duration.ofMinutes(5).minusMillis(1));
        expiry.step();
        assertThat(fixture.reread(row).opening()).isNotNull();
        fixture.clock.move(Duration.ofMillis(1));
        expiry.step();
        assertThat(fixture.reread(row).opening()).isNull();
    }

    @Test
    void openingOfAConsentIsGoneAtItsEnd() throws Exception {
        var consent =
                new ConsentRow(
                        Samples.id(Id.Kind.CONSENT, 1),
                        Samples.hash("secret"),
                        Samples.owner(1),
                        JournalFixture.CREDENTIAL,
                        1,
                        Samples.device(1),
                        Purpose.LOGIN,
                        "ssh, session 7",
                        3,
                        3,
                        Samples.NOW.plusSeconds(60),
                        false,
                        Level.BOUND,
                        Samples.opening("opening"));
        try (var tx = fixture.store.begin()) {
            tx.consents().insert(consent);
            tx.commit();
        }
        fixture.clock.move(Duration.ofSeconds(60).minusMillis(1));
        expiry.step();
        assertThat(opening(consent)).isNotNull();
        fixture.clock.move(Duration.ofMillis(1));
        expiry.step();
        assertThat(opening(consent)).isNull();
    }

    private @Nullable Opening opening(ConsentRow consent) throws Refused {
        try (var reader = fixture.store.read()) {
            return Objects.requireNonNull(reader.consents().find(consent.id())).opening();
        }
    }

    /// The sweep must not end with one bad moment of the disk.
    @Test
    void stepThatCannotBeWrittenDeletesNothingAndIsTriedAgain() throws Exception {
        var rows = authorize(1);
        fixture.clock.move(Duration.ofHours(1));
        var store = new FaultyStore(fixture.store);
        var faulty = new Expiry(store, fixture.clock);
        store.commits(FaultyStore.Commit.FAIL);
        assertThat(faulty.step()).isFalse();
        assertThat(left(rows)).isEqualTo(1);
        store.commits(FaultyStore.Commit.WORK);
        assertThat(faulty.step()).isFalse();
        assertThat(left(rows)).isZero();
    }
}
