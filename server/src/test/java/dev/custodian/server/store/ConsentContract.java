package dev.custodian.server.store;

import static dev.custodian.server.store.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store keeps of consents. One class per database extends it.
abstract class ConsentContract {
    private static final Instant END = NOW.plusSeconds(60);

    private Store store;

    abstract Store open() throws Refused;

    @BeforeEach
    void openStore() throws Refused {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private static Id id(int n) {
        return Samples.id(Id.Kind.CONSENT, n);
    }

    static ConsentRow row(int n, int device, int credential, int count) {
        return new ConsentRow(
                id(n),
                Samples.hash("secret " + n),
                Samples.owner(1),
                Samples.credential(credential),
                3,
                Samples.device(device),
                Purpose.LOGIN,
                "ssh, session 7",
                count,
                count,
                END,
                false,
                Level.BOUND_HARDWARE,
                Samples.opening("opening"));
    }

    private static ConsentRow find(Tx tx, int n) throws Refused {
        return Objects.requireNonNull(tx.consents().find(id(n)));
    }

    @Test
    void noMoreIsSpentThanThereIs() throws Refused {
        try (var tx = store.begin()) {
            tx.consents().insert(row(1, 1, 1, 3));
            assertThat(tx.consents().spend(id(1), 4, NOW)).isFalse();
            assertThat(tx.consents().spend(id(1), 2, NOW)).isTrue();
            assertThat(find(tx, 1).opening()).isNotNull();
            assertThat(tx.consents().spend(id(1), 2, NOW)).isFalse();
            assertThat(find(tx, 1).remaining()).isEqualTo(1);
            assertThat(tx.consents().spend(id(1), 1, NOW)).isTrue();
            assertThat(find(tx, 1).remaining()).isZero();
            assertThat(find(tx, 1).opening()).as("with the last one").isNull();
            assertThat(tx.consents().spend(id(1), 1, NOW)).isFalse();
        }
    }

    @Test
    void nothingIsSpentOfAnEndedRevokedOrUnknownConsent() throws Refused {
        try (var tx = store.begin()) {
            tx.consents().insert(row(1, 1, 1, 3));
            tx.consents().insert(row(2, 1, 1, 3));
            assertThat(tx.consents().revoke(id(2))).isTrue();
            long writes = tx.writes();
            assertThat(tx.consents().spend(id(1), 1, END)).as("ended").isFalse();
            assertThat(tx.consents().spend(id(2), 1, NOW)).as("revoked").isFalse();
            assertThat(tx.consents().spend(id(3), 1, NOW)).as("unknown").isFalse();
            assertThat(tx.consents().revoke(id(2))).as("revoked before").isFalse();
            assertThat(tx.writes()).as("so that others' work is kept").isEqualTo(writes);
        }
    }

    @Test
    void whatIsRevokedHasNoOpening() throws Refused {
        try (var tx = store.begin()) {
            tx.consents().insert(row(1, 1, 1, 3));
            tx.consents().insert(row(2, 2, 1, 3));
            tx.consents().insert(row(3, 2, 2, 3));
            tx.consents().revokeAll(Samples.device(1));
            assertThat(find(tx, 1).revoked()).isTrue();
            assertThat(find(tx, 1).opening()).isNull();
            assertThat(find(tx, 2).revoked()).isFalse();
            tx.consents().revokeAll(Samples.credential(1));
            assertThat(find(tx, 2).revoked()).isTrue();
            assertThat(find(tx, 3)).isEqualTo(row(3, 2, 2, 3));
        }
    }

    @Test
    void openingGoesWithTheEndAndTheRowLater() throws Refused {
        try (var tx = store.begin()) {
            tx.consents().insert(row(1, 1, 1, 3));
            tx.consents().deleteOpenings(END.minusMillis(1));
            assertThat(find(tx, 1).opening()).isNotNull();
            tx.consents().deleteOpenings(END);
            assertThat(find(tx, 1).opening()).isNull();
            assertThat(tx.consents().deleteExpired(END.minusMillis(1), 50)).isZero();
            assertThat(tx.consents().deleteExpired(END, 50)).isEqualTo(1);
            assertThat(tx.consents().find(id(1))).isNull();
        }
    }

    @Test
    void rowComesBackAsItWasWritten() throws Refused {
        var one = row(1, 1, 1, 3);
        var other = row(2, 1, 2, 4);
        try (var tx = store.begin()) {
            tx.consents().insert(other);
            tx.consents().insert(one);
            tx.consents().insert(row(3, 2, 1, 5));
            tx.commit();
        }
        try (var reader = store.read()) {
            assertThat(reader.consents().find(id(1))).isEqualTo(one);
            assertThat(reader.consents().bySecret(one.secret())).isEqualTo(one);
            assertThat(reader.consents().bySecret(Samples.hash("guess"))).isNull();
            assertThat(reader.consents().of(Samples.device(1)))
                    .containsExactlyInAnyOrder(one, other);
            assertThat(one.toString()).doesNotContain("opening");
        }
    }
}
