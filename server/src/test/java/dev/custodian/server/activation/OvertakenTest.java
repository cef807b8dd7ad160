package dev.custodian.server.activation;

import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.server.store.Tx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was right when it was asked, and is not any more once the PIN has been hashed: the
/// transaction that writes looks again.
class OvertakenTest {
    private static final String CODE = "abcdefghijklmnopqrstuvwxy2";

    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        ada = rig.enrol(CODE);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private interface Meanwhile {
        void happen(Tx tx) throws Refused;
    }

    /// Runs calls that hash a PIN each, and lets something happen before the first is hashed.
    /// Results and refusals in their order.
    private List<Object> overtaken(Meanwhile meanwhile, List<Callable<Object>> calls)
            throws Exception {
        int all = rig.pins.running.drainPermits();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<Object>>();
            try {
                for (var call : calls) {
                    running.add(threads.submit(call));
                }
                await().until(() -> rig.pins.running.getQueueLength() == calls.size());
                rig.journal.write(
                        (tx, _) -> {
                            meanwhile.happen(tx);
                            return true;
                        });
            } finally {
                rig.pins.running.release(all);
            }
            var results = new ArrayList<Object>();
            for (var one : running) {
                try {
                    results.add(one.get());
                } catch (ExecutionException e) {
                    results.add(((Refused) Objects.requireNonNull(e.getCause())).kind());
                }
            }
            return results;
        }
    }

    // consents

    private Callable<Object> granting(Id login) throws Exception {
        var request = ada.consent(login);
        return () -> rig.module.consents().grant(request);
    }

    private int consents() throws Refused {
        try (var reader = rig.store.read()) {
            return reader.consents().of(ada.device).size();
        }
    }

    @Test
    void deviceRemovedMeanwhileGivesNoConsent() throws Exception {
        var login = rig.credential(ada.owner, Custody.OWNER_SEALED, Purpose.LOGIN);
        var before = rig.store.read();
        var row = Objects.requireNonNull(before.device(ada.device));
        before.close();
        assertThat(overtaken(tx -> tx.updateDevice(row.removed()), List.of(granting(login))))
                .containsExactly(FailureKind.NOT_AUTHENTICATED);
        assertThat(consents()).isZero();

        rig.journal.write(
                (tx, _) -> {
                    tx.updateDevice(row);
                    return true;
                });
        assertThat(overtaken(_ -> {}, List.of(granting(login))))
                .hasOnlyElementsOfType(Consents.Granted.class);
    }

    @Test
    void credentialChangedMeanwhileIsConsentedToNoMore() throws Exception {
        var login = rig.credential(ada.owner, Custody.OWNER_SEALED, Purpose.LOGIN);
        assertThat(
                        overtaken(
                                tx ->
                                        tx.updateCredential(
                                                Rig.newVersion(
                                                        Objects.requireNonNull(
                                                                tx.credential(login)))),
                                List.of(granting(login))))
                .containsExactly(FailureKind.CREDENTIAL_UNKNOWN);
        assertThat(consents()).isZero();
    }

    // changes of factors

    /// Two nodes have no lock in common: each began from the same rows.
    @Test
    void secondChangeFromTheSameRowsIsRefusedAndSucceedsWhenAskedAgain() throws Exception {
        var laptop = rig.join(ada);
        var node = rig.restarted();
        var removal = ada.change(ChangeKind.REMOVE_DEVICE, laptop.device.text(), "");
        var code =
                ada.change(Rig.PIN, ChangeKind.RECOVERY_CODE, "", "", "zyxwvutsrqponmlkjihgfedcb7");
        var sealed = JoiningTest.sealedAnew(rig, code, node);
        assertThat(
                        overtaken(
                                _ -> {},
                                List.of(
                                        () -> rig.module.changes().change(removal),
                                        () -> node.changes().change(sealed))))
                .hasAtLeastOneElementOfType(Changes.Changed.class)
                .contains(FailureKind.BUSY);
        rig.module.changes().change(removal);
        node.changes().change(sealed);
        var request = ada.request(rig.credential(ada.owner, Custody.OWNER_SEALED), digest("a"));
        assertThat(ada.authorize(request).sad()).isNotNull();
    }

    @Test
    void deviceThatIsRefusedWhileItIsApprovedDoesNotJoin() throws Exception {
        var phone = rig.new Agent();
        phone.owner = ada.owner;
        phone.ask();
        var approval = ada.approval(phone);
        assertThat(
                        overtaken(
                                tx -> tx.factors().deleteJoinRequest(phone.device),
                                List.of(() -> rig.module.changes().change(approval))))
                .containsExactly(FailureKind.JOIN_REQUEST_GONE);
        try (var reader = rig.store.read()) {
            assertThat(reader.devices(ada.owner)).hasSize(1);
        }
        phone.ask();
        var again = ada.approval(phone);
        assertThat(overtaken(_ -> {}, List.of(() -> rig.module.changes().change(again))))
                .hasOnlyElementsOfType(Changes.Changed.class);
    }

    @Test
    void recoveryThatIsGoneWhileItCompletesChangesNothing() throws Exception {
        var fresh = rig.new Agent();
        fresh.owner = ada.owner;
        rig.module.recovery().recover(fresh.recovery("5555", CODE));
        rig.clock.pass(Rig.RECOVERY_DELAY);
        var completion = fresh.recovery("5555", CODE);
        assertThat(
                        overtaken(
                                tx -> tx.factors().deleteRecovery(ada.owner),
                                List.of(() -> rig.module.recovery().recover(completion))))
                .containsExactly(FailureKind.RECOVERY_UNKNOWN);
        try (var reader = rig.store.read()) {
            assertThat(reader.devices(ada.owner)).hasSize(1);
            assertThat(Objects.requireNonNull(reader.device(ada.device)).isActive()).isTrue();
        }
        rig.module.recovery().recover(fresh.recovery("5555", CODE));
        rig.clock.pass(Rig.RECOVERY_DELAY);
        var again = fresh.recovery("5555", CODE);
        assertThat(overtaken(_ -> {}, List.of(() -> rig.module.recovery().recover(again))))
                .hasOnlyElementsOfType(Recovery.Answer.Recovered.class);
    }
}
