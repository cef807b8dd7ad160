package dev.custodian.server.store;

import static dev.custodian.server.store.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.identity.DeviceVerdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is kept about changes of owners' factors.
class FactorStoreTest {
    private static final Id OWNER = Samples.owner(1);

    @TempDir Path folder;

    private SqliteStore store;

    @BeforeEach
    void open() throws Refused {
        store = SqliteStore.open(folder.resolve("store.db"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static JoinRequestRow request(int n) {
        return new JoinRequestRow(
                Samples.device(n),
                OWNER,
                "phone",
                Samples.hash("intent " + n),
                Bytes.utf8("spki"),
                Bytes.utf8("sealed"),
                0,
                NOW.plusSeconds(n),
                n == 2 ? DeviceVerdict.SOFTWARE_LOGIN_BOUND : null);
    }

    @Test
    void intentIsMadeOnce() throws Refused {
        var made =
                new MadeChangeRow(Samples.hash("intent"), OWNER, Samples.device(1).text(), 3, NOW);
        try (var tx = store.begin()) {
            tx.factors().insertMadeChange(made);
            tx.commit();
        }
        try (var tx = store.begin()) {
            assertThat(tx.factors().madeChange(made.intent())).isEqualTo(made);
            assertThat(tx.factors().madeChange(Samples.hash("other"))).isNull();
            assertThatThrownBy(() -> tx.factors().insertMadeChange(made))
                    .isInstanceOf(Refused.class);
        }
    }

    @Test
    void requestsWaitUntilTheyAreApprovedRefusedOrOver() throws Refused {
        try (var tx = store.begin()) {
            var factors = tx.factors();
            for (int n = 1; n <= 3; n++) {
                factors.insertJoinRequest(request(n));
            }
            assertThat(factors.joinRequests(OWNER)).hasSize(3);
            assertThat(factors.joinRequests(Samples.owner(2))).isEmpty();
            assertThat(factors.joinRequest(Samples.device(2))).isEqualTo(request(2));
            assertThat(factors.joinRequestOf(request(3).intent())).isEqualTo(request(3));
            assertThat(request(1).waits(NOW)).isTrue();
            assertThat(request(1).waits(NOW.plusSeconds(1))).isFalse();

            factors.approveJoinRequest(Samples.device(2), 7, NOW.plusSeconds(60));
            assertThat(factors.joinRequest(Samples.device(2)))
                    .isEqualTo(
                            new JoinRequestRow(
                                    Samples.device(2),
                                    OWNER,
                                    "phone",
                                    request(2).intent(),
                                    Bytes.utf8("spki"),
                                    Bytes.EMPTY,
                                    7,
                                    NOW.plusSeconds(60),
                                    DeviceVerdict.SOFTWARE_LOGIN_BOUND))
                    .satisfies(row -> assertThat(row.waits(NOW)).isFalse());
            factors.deleteJoinRequest(Samples.device(3));
            assertThat(factors.deleteEnded(NOW.plusSeconds(1), 10)).isEqualTo(1);
            assertThat(factors.joinRequests(OWNER))
                    .extracting(JoinRequestRow::device)
                    .containsExactly(Samples.device(2));
        }
    }

    @Test
    void anOwnerHasOneRecoverySlotAndOneRecovery() throws Refused {
        var slot = new RecoverySlotRow(OWNER, 1, Bytes.utf8("seal"), 0, NOW);
        var recovery = new RecoveryRow(OWNER, Bytes.utf8("spki"), NOW, NOW.plusSeconds(5));
        try (var tx = store.begin()) {
            var factors = tx.factors();
            assertThat(factors.recoverySlot(OWNER)).isNull();
            factors.putRecoverySlot(slot);
            factors.putRecoverySlot(slot.withFailures(3, NOW));
            assertThat(factors.recoverySlot(OWNER)).isEqualTo(slot.withFailures(3, NOW));
            factors.deleteRecoverySlot(OWNER);
            assertThat(factors.recoverySlot(OWNER)).isNull();

            assertThat(factors.recovery(OWNER)).isNull();
            factors.putRecovery(recovery);
            assertThat(factors.recovery(OWNER)).isEqualTo(recovery);
            factors.deleteRecovery(OWNER);
            assertThat(factors.recovery(OWNER)).isNull();
        }
    }

    @Test
    void deviceHasOneProofAndWhatItSaidOfItself() throws Refused {
        var device = Samples.device(1);
        var proof =
                new ProofRow(
                        device,
                        ProofKind.TPM,
                        1,
                        Samples.hash("mark"),
                        Samples.hash("root"),
                        NOW,
                        Samples.hash("mac"));
        try (var tx = store.begin()) {
            for (int n = 1; n <= 2; n++) {
                tx.insertDevice(Samples.deviceRow(Samples.device(n), OWNER));
            }
            var factors = tx.factors();
            assertThat(factors.said(OWNER)).isEmpty();
            factors.say(device, DeviceVerdict.HARDWARE_CLAIMED);
            assertThat(factors.said(OWNER))
                    .isEqualTo(Map.of(device, DeviceVerdict.HARDWARE_CLAIMED));

            assertThat(factors.proof(device)).isNull();
            factors.putProof(proof);
            factors.putProof(proof.withMac(Samples.hash("other")));
            assertThat(factors.proof(device)).isEqualTo(proof.withMac(Samples.hash("other")));
            assertThat(factors.proof(Samples.device(2))).isNull();
            factors.deleteProof(device);
            assertThat(factors.proof(device)).isNull();
        }
    }

    @Test
    void loginsAreSeenAndASendersAuthorizationsEnd() throws Refused {
        try (var tx = store.begin()) {
            for (int n = 1; n <= 2; n++) {
                tx.insertDevice(Samples.deviceRow(Samples.device(n), OWNER));
            }
            tx.factors().see(Samples.device(1), NOW);
            assertThat(tx.factors().seen(OWNER)).isEqualTo(Map.of(Samples.device(1), NOW));

            var row = Samples.authorizationRow(1, Samples.credential(1));
            long number = tx.insertAuthorization(row, List.of(Samples.digest("one"))).number();
            tx.factors().revokeAuthorizations(Samples.device(2).text(), NOW);
            assertThat(tx.authorization(number))
                    .extracting(AuthorizationRow::expires)
                    .isEqualTo(row.expires());
            tx.factors().revokeAuthorizations(Samples.device(1).text(), NOW);
            assertThat(tx.authorization(number))
                    .satisfies(
                            revoked -> {
                                assertThat(revoked.expires()).isEqualTo(NOW);
                                assertThat(revoked.opening()).isNull();
                            });
        }
    }
}
