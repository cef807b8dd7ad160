package dev.custodian.server.store;

import static dev.custodian.server.store.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store keeps of logins. One class per database extends it.
abstract class LoginContract {
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

    private static Bytes id(int n) {
        return Samples.hash("login " + n).slice(0, 16);
    }

    private static LoginRow row(int n, int device) {
        return new LoginRow(
                id(n), Samples.device(device), NOW.plusSeconds(60), Samples.hash("r" + n), null);
    }

    private static SessionRow session(String token, int login) {
        return new SessionRow(Samples.hash(token), id(login), Samples.device(1), "jkt", NOW);
    }

    @Test
    void endedLoginTakesItsOwnTokensWithIt() throws Refused {
        try (var tx = store.begin()) {
            tx.logins().insert(row(1, 1));
            tx.logins().insert(row(2, 1));
            tx.insertSession(session("a", 1));
            tx.insertSession(session("b", 1));
            tx.insertSession(session("c", 2));
            assertThat(tx.logins().end(id(1))).isTrue();
            assertThat(tx.logins().end(id(1))).as("a second time").isFalse();
            assertThat(tx.logins().find(id(1))).isNull();
            assertThat(tx.session(Samples.hash("a"))).isNull();
            assertThat(tx.session(Samples.hash("b"))).isNull();
            assertThat(tx.session(Samples.hash("c"))).isEqualTo(session("c", 2));
            tx.logins().endSessions(id(2));
            assertThat(tx.session(Samples.hash("c"))).isNull();
            assertThat(tx.logins().find(id(2))).isEqualTo(row(2, 1));
        }
    }

    @Test
    void removedDeviceLosesItsLogins() throws Refused {
        try (var tx = store.begin()) {
            tx.logins().insert(row(1, 1));
            tx.logins().insert(row(2, 2));
            tx.deleteSessions(Samples.device(1));
            assertThat(tx.logins().find(id(1))).isNull();
            assertThat(tx.logins().find(id(2))).isNotNull();
        }
    }

    @Test
    void loginIsDeletedAfterItsEnd() throws Refused {
        try (var tx = store.begin()) {
            tx.logins().insert(row(1, 1));
            assertThat(tx.logins().deleteEnded(NOW.plusSeconds(59), 50)).isZero();
            assertThat(tx.logins().deleteEnded(NOW.plusSeconds(60), 50)).isEqualTo(1);
            assertThat(tx.logins().find(id(1))).isNull();
        }
    }

    @Test
    void rowComesBackAsItWasWritten() throws Refused {
        var spent = new LoginRow.Spent(Samples.hash("r1"), "jkt", NOW);
        var first = row(1, 1);
        var next =
                new LoginRow(
                        first.id(), first.device(), first.expires(), Samples.hash("r2"), spent);
        try (var tx = store.begin()) {
            tx.logins().insert(first);
            assertThat(tx.logins().find(id(1))).isEqualTo(first);
            tx.logins().update(next);
            assertThatThrownBy(() -> tx.logins().update(row(2, 1)))
                    .isInstanceOf(IllegalStateException.class);
            tx.commit();
        }
        try (var reader = store.read()) {
            assertThat(reader.logins().find(id(1))).isEqualTo(next);
        }
    }
}
