package dev.custodian.server.activation;

import static dev.custodian.server.activation.ChangesTest.refused;
import static dev.custodian.server.activation.Rig.RECOVERY_DELAY;
import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.journal.JournalVerification;
import dev.custodian.server.store.ConsentRow;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.Reader;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The recovery code opens the way to a new device, after a delay, and to nothing else.
class RecoveryTest {
    private static final String CODE = "abcdefghijklmnopqrstuvwxy2";
    private static final String NEXT = "zyxwvutsrqponmlkjihgfedcb7";
    private static final String WRONG = "abcdefghijklmnopqrstuvwxy3";

    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;
    private Rig.Agent fresh;
    private Id credential;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        ada = rig.enrol(CODE);
        credential = rig.credential(ada.owner, Custody.OWNER_SEALED);
        fresh = rig.new Agent();
        fresh.owner = ada.owner;
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Recovery.Answer recover(Rig.Agent agent, String code) throws Exception {
        return rig.module.recovery().recover(agent.recovery("5555", code));
    }

    /// Begins a recovery and lets its delay pass.
    private void beginAndWait() throws Exception {
        assertThat(recover(fresh, CODE))
                .isEqualTo(new Recovery.Answer.Waiting(rig.clock.instant().plus(RECOVERY_DELAY)));
        rig.clock.pass(RECOVERY_DELAY);
    }

    private void complete(String code) throws Exception {
        var recovered = (Recovery.Answer.Recovered) recover(fresh, code);
        fresh.device = recovered.device();
    }

    /// With a certificate that is valid by now.
    private void signs(Rig.Agent agent, String pin) throws Exception {
        var credential = rig.credential(agent.owner, Custody.OWNER_SEALED);
        var authorized = agent.authorize(agent.request(pin, credential, digest("signs")));
        assertThat(agent.sign(credential, authorized, digest("signs"))).hasSize(1);
    }

    private void sql(String statement) throws Exception {
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("custodian.db"));
                var prepared = connection.createStatement()) {
            prepared.execute(statement);
        }
    }

    @Test
    void nothingChangesBeforeTheDelayIsOver() throws Exception {
        var first = recover(fresh, CODE);
        rig.clock.pass(RECOVERY_DELAY.minusSeconds(1));
        assertThat(recover(fresh, CODE)).isEqualTo(first);
        signs(ada, Rig.PIN);
        try (var reader = rig.store.read()) {
            assertThat(reader.devices(ada.owner))
                    .extracting(DeviceRow::id)
                    .containsExactly(ada.device);
        }
    }

    @Test
    void dueRecoveryLeavesOneDeviceWithANewPin() throws Exception {
        var laptop = rig.join(ada);
        var sessions = rig.sessions();
        beginAndWait();
        var token = sessions.open(laptop.device, null, "jkt").access().expose();
        complete(CODE);

        assertThat(sessions.find(token)).isNull();
        for (var lost : new Rig.Agent[] {ada, laptop}) {
            var request = lost.request(credential, digest("a"));
            refused(FailureKind.NOT_AUTHENTICATED, () -> lost.authorize(request));
        }
        var later = rig.credential(ada.owner, Custody.OWNER_SEALED);
        var old = fresh.request(Rig.PIN, later, digest("b"));
        refused(FailureKind.FACTORS_REFUSED, () -> fresh.authorize(old));
        signs(fresh, "5555");
        assertThat(rig.module.recovery().pending(ada.owner)).isEmpty();
        assertThat(JournalVerification.verify(rig.store, rig.checkpoints.verifier()).findings())
                .isEmpty();
    }

    /// Not even a lost device that somebody puts back into the database has any of it.
    @Test
    void dueRecoveryEndsWhatTheLostDevicesHadAndAsked() throws Exception {
        beginAndWait();
        var login = rig.credential(ada.owner, Custody.OWNER_SEALED, Purpose.LOGIN);
        var document = rig.credential(ada.owner, Custody.OWNER_SEALED);
        var sessions = rig.sessions();
        var token = sessions.open(ada.device, null, "jkt").access().expose();
        var consent = rig.module.consents().grant(consent(login)).id();
        var authorized = ada.authorize(ada.request(document, digest("a"), digest("b")));
        assertThat(ada.sign(document, authorized, digest("a"))).hasSize(1);
        var phone = rig.new Agent();
        phone.owner = ada.owner;
        phone.ask();
        var guess = ada.request("000000", document, digest("c"));
        refused(FailureKind.FACTORS_REFUSED, () -> ada.authorize(guess));
        try (var reader = rig.store.read()) {
            assertThat(sessions.find(token)).isNotNull();
            assertThat(consent(reader, consent).revoked()).isFalse();
            assertThat(failures(reader)).isEqualTo(1);
            assertThat(reader.factors().joinRequests(ada.owner)).hasSize(1);
        }
        var before = row(ada);

        complete(CODE);

        refused(FailureKind.SAD_EXPIRED, () -> ada.sign(document, authorized, digest("b")));
        try (var reader = rig.store.read()) {
            assertThat(consent(reader, consent).revoked()).isTrue();
            assertThat(consent(reader, consent).opening()).isNull();
            assertThat(failures(reader)).isZero();
            assertThat(reader.factors().joinRequests(ada.owner)).isEmpty();
        }
        rig.journal.write(
                (tx, _) -> {
                    tx.updateDevice(before);
                    return true;
                });
        assertThat(sessions.find(token)).isNull();
    }

    private DeviceRow row(Rig.Agent agent) throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.device(agent.device));
        }
    }

    private Consents.Request consent(Id login) throws Exception {
        var until = rig.clock.instant().plus(Duration.ofHours(1));
        var terms = new Matter.Consent(login, Purpose.LOGIN, 3, until, "ssh");
        var nonce = rig.module.challenges().issue(ada.owner.text(), "consent");
        var octets =
                ada.intent(new Approver.OnDevice(ada.owner, ada.device), nonce, terms).encode();
        return new Consents.Request(
                ada.caller(),
                login,
                ada.jws(octets, ada.device.text()),
                ada.sealed(octets, Rig.PIN, rig.random(32)));
    }

    private static ConsentRow consent(Reader reader, Id consent) throws Refused {
        return Objects.requireNonNull(reader.consents().find(consent));
    }

    private int failures(Reader reader) throws Refused {
        return Objects.requireNonNull(reader.owner(ada.owner)).failures();
    }

    @Test
    void usedCodeIsUsedUpAndTheNextOneHolds() throws Exception {
        beginAndWait();
        complete(CODE + NEXT);
        var again = rig.new Agent();
        again.owner = ada.owner;
        refused(FailureKind.RECOVERY_REFUSED, () -> recover(again, CODE));
        assertThat(recover(again, NEXT)).isInstanceOf(Recovery.Answer.Waiting.class);
    }

    @Test
    void usedCodeWithoutANextOneLeavesNone() throws Exception {
        beginAndWait();
        complete(CODE);
        refused(FailureKind.RECOVERY_REFUSED, () -> recover(fresh, CODE));
    }

    @Test
    void whatIsNoCodeIsRefusedAlike() throws Exception {
        refused(FailureKind.RECOVERY_REFUSED, () -> recover(fresh, WRONG));
        var bob = rig.enrol();
        fresh.owner = bob.owner;
        refused(FailureKind.RECOVERY_REFUSED, () -> recover(fresh, CODE));
        fresh.owner = Id.of(Id.Kind.OWNER, rig.random(16));
        refused(FailureKind.RECOVERY_REFUSED, () -> recover(fresh, CODE));
    }

    /// Each try is counted before the code is looked at; a stranger who knows the owner's id can
    /// only delay.
    @Test
    void guessesAreCountedThenDelayedAndNeverLock() throws Exception {
        for (int i = 0; i < 10; i++) {
            refused(FailureKind.RECOVERY_REFUSED, () -> recover(fresh, WRONG));
        }
        refused(FailureKind.FACTORS_DELAYED, () -> recover(fresh, CODE));
        rig.clock.pass(Duration.ofMinutes(1).plusSeconds(1));
        for (int i = 0; i < 20; i++) {
            refused(FailureKind.RECOVERY_REFUSED, () -> recover(fresh, WRONG));
            refused(FailureKind.FACTORS_DELAYED, () -> recover(fresh, CODE));
            rig.clock.pass(Duration.ofMinutes(10).plusSeconds(1));
        }
        assertThat(recover(fresh, CODE)).isInstanceOf(Recovery.Answer.Waiting.class);
    }

    @Test
    void rightCodeBeginsTheCountAnew() throws Exception {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 9; i++) {
                refused(FailureKind.RECOVERY_REFUSED, () -> recover(fresh, WRONG));
            }
            assertThat(recover(fresh, CODE)).isInstanceOf(Recovery.Answer.Waiting.class);
        }
    }

    @Test
    void whoWaitsAsLongAsTheyAreToldIsLetIn() throws Exception {
        for (int i = 0; i < 10; i++) {
            refused(FailureKind.RECOVERY_REFUSED, () -> recover(fresh, WRONG));
        }
        rig.clock.pass(Duration.ofMillis(1_500));
        assertThatThrownBy(() -> recover(fresh, CODE)).hasMessageContaining("in 59 s.");
        rig.clock.pass(Duration.ofSeconds(59));
        assertThat(recover(fresh, CODE)).isInstanceOf(Recovery.Answer.Waiting.class);
    }

    @Test
    void anyDeviceSeesItAndStopsItWithThePin() throws Exception {
        recover(fresh, CODE);
        assertThat(rig.module.recovery().pending(ada.owner)).isPresent();
        var thumbprint = fresh.thumbprint().base64Url();
        var guess = ada.change("000000", ChangeKind.CANCEL_RECOVERY, "", thumbprint, "");
        refused(FailureKind.FACTORS_REFUSED, () -> rig.module.changes().change(guess));
        var other = ada.change(ChangeKind.CANCEL_RECOVERY, "", ada.thumbprint().base64Url());
        refused(FailureKind.RECOVERY_UNKNOWN, () -> rig.module.changes().change(other));
        assertThat(rig.module.recovery().pending(ada.owner)).isPresent();

        rig.module.changes().change(ada.change(ChangeKind.CANCEL_RECOVERY, "", thumbprint));
        assertThat(rig.module.recovery().pending(ada.owner)).isEmpty();
        rig.clock.pass(RECOVERY_DELAY);
        // the code begins anew, and does not go on
        assertThat(recover(fresh, CODE)).isInstanceOf(Recovery.Answer.Waiting.class);
        signs(ada, Rig.PIN);
    }

    @Test
    void anotherKeyWithTheCodeBeginsAnew() throws Exception {
        beginAndWait();
        var thief = rig.new Agent();
        thief.owner = ada.owner;
        assertThat(recover(thief, CODE)).isInstanceOf(Recovery.Answer.Waiting.class);
        assertThat(recover(fresh, CODE)).isInstanceOf(Recovery.Answer.Waiting.class);
        signs(ada, Rig.PIN);
    }

    @Test
    void recoveryThatNobodyCompletesLapses() throws Exception {
        beginAndWait();
        rig.clock.pass(Recovery.PATIENCE);
        assertThat(rig.module.recovery().pending(ada.owner)).isEmpty();
        assertThat(recover(fresh, CODE)).isInstanceOf(Recovery.Answer.Waiting.class);
    }

    /// The signed request says for which key and owner it is, and the seal for which request.
    @Test
    void requestOfAnotherKeyOrOwnerIsRefused() throws Exception {
        var honest = fresh.recovery("5555", CODE);
        var thief = rig.new Agent();
        thief.owner = ada.owner;
        var theirs = thief.recovery("5555", WRONG);
        refused(
                FailureKind.INTENT_MISMATCH,
                () ->
                        rig.module
                                .recovery()
                                .recover(
                                        new Recovery.Request(
                                                ada.owner,
                                                thief.jwk(),
                                                honest.device(),
                                                honest.sealed())));
        refused(
                FailureKind.FACTORS_REFUSED,
                () ->
                        rig.module
                                .recovery()
                                .recover(
                                        new Recovery.Request(
                                                ada.owner,
                                                thief.jwk(),
                                                theirs.device(),
                                                honest.sealed())));
        var bob = rig.enrol(CODE);
        refused(
                FailureKind.INTENT_MISMATCH,
                () ->
                        rig.module
                                .recovery()
                                .recover(
                                        new Recovery.Request(
                                                bob.owner,
                                                fresh.jwk(),
                                                honest.device(),
                                                honest.sealed())));
    }

    /// Somebody who has the code, but names a key that is not theirs.
    @Test
    void requestThatTheNewKeyDidNotSignIsRefused() throws Exception {
        var eve = rig.new Agent();
        var honest = fresh.recovery("5555", CODE);
        var payload = Bytes.fromBase64Url(honest.device().split("\\.", -1)[1]);
        for (var forged : List.of(eve.jws(payload, ""), fresh.jws(payload, ada.device.text()))) {
            var request = new Recovery.Request(ada.owner, fresh.jwk(), forged, honest.sealed());
            refused(FailureKind.FACTORS_REFUSED, () -> rig.module.recovery().recover(request));
        }
        assertThat(rig.module.recovery().pending(ada.owner)).isEmpty();
        rig.module.recovery().recover(honest);
        assertThat(rig.module.recovery().pending(ada.owner)).isPresent();
    }

    @Test
    void requestForAnotherServerOrOutOfTimeIsRefused() throws Exception {
        var old = fresh.recovery("5555", CODE);
        rig.clock.pass(Duration.ofMinutes(6));
        refused(FailureKind.INTENT_EXPIRED, () -> rig.module.recovery().recover(old));
        var elsewhere = recovery(digest("another server"));
        refused(FailureKind.INTENT_MISMATCH, () -> rig.module.recovery().recover(elsewhere));
        assertThat(rig.module.recovery().pending(ada.owner)).isEmpty();
        rig.module.recovery().recover(recovery(Rig.THUMBPRINT));
        assertThat(rig.module.recovery().pending(ada.owner)).isPresent();
    }

    private Recovery.Request recovery(Bytes server) throws Exception {
        var matter =
                new Matter.Change(
                        ChangeKind.RECOVER.text(),
                        ada.owner.text(),
                        fresh.thumbprint().base64Url());
        var nonce = rig.module.challenges().issue("", "change");
        var i = fresh.intent(new Approver.Elsewhere(ada.owner), nonce, matter);
        var octets =
                new Intent(server, i.approver(), nonce, i.iat(), i.exp(), i.shown(), matter)
                        .encode();
        return new Recovery.Request(
                ada.owner,
                fresh.jwk(),
                fresh.jws(octets, ""),
                fresh.sealed(octets, "5555", rig.random(32), CODE));
    }

    @Test
    void sameRequestAgainGivesTheSameAnswer() throws Exception {
        var begin = fresh.recovery("5555", CODE);
        var waiting = rig.module.recovery().recover(begin);
        assertThat(rig.module.recovery().recover(begin)).isEqualTo(waiting);
        rig.clock.pass(RECOVERY_DELAY);
        var end = fresh.recovery("5555", CODE);
        var recovered = rig.module.recovery().recover(end);
        assertThat(recovered).isInstanceOf(Recovery.Answer.Recovered.class);
        assertThat(rig.module.recovery().recover(end)).isEqualTo(recovered);
    }

    @Test
    void newCodeTakesThePlaceOfTheOldOneAndItsSlotDoesNotComeBack() throws Exception {
        sql("CREATE TABLE kept AS SELECT * FROM recovery_slot");
        rig.module.changes().change(ada.change(Rig.PIN, ChangeKind.RECOVERY_CODE, "", "", NEXT));
        refused(FailureKind.RECOVERY_REFUSED, () -> recover(fresh, CODE));
        assertThat(recover(fresh, NEXT)).isInstanceOf(Recovery.Answer.Waiting.class);

        sql("DELETE FROM recovery_slot");
        sql("INSERT INTO recovery_slot SELECT * FROM kept");
        refused(FailureKind.TAMPERED, () -> recover(fresh, CODE));
        var request = ada.request(credential, digest("a"));
        refused(FailureKind.TAMPERED, () -> ada.authorize(request));
    }

    @Test
    void slotOfAnotherOwnerOpensNothing() throws Exception {
        var bob = rig.enrol(NEXT);
        sql(
                "UPDATE recovery_slot SET seal = (SELECT seal FROM recovery_slot WHERE owner = '"
                        + bob.owner
                        + "') WHERE owner = '"
                        + ada.owner
                        + "'");
        refused(FailureKind.RECOVERY_REFUSED, () -> recover(fresh, NEXT));
        refused(FailureKind.RECOVERY_REFUSED, () -> recover(fresh, CODE));
    }

    @Test
    void lockedDeviceIsNoObstacle() throws Exception {
        for (int i = 0; i < Tickets.TRIES; i++) {
            var guess = ada.request("00000" + i, credential, digest("a"));
            refused(FailureKind.FACTORS_REFUSED, () -> ada.authorize(guess));
            rig.clock.pass(Duration.ofMinutes(5));
        }
        var right = ada.request(credential, digest("a"));
        refused(FailureKind.DEVICE_LOCKED, () -> ada.authorize(right));
        beginAndWait();
        complete(CODE);
        signs(fresh, "5555");
    }

    @Test
    void whoEnrolsWithWhatIsNoCodeIsRefused() {
        refused(FailureKind.MALFORMED_REQUEST, () -> rig.enrol("no code"));
    }
}
