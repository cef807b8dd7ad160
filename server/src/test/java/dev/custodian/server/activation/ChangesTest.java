package dev.custodian.server.activation;

import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.server.journal.JournalVerification;
import dev.custodian.server.journal.NewChange;
import dev.custodian.server.store.DeviceRow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An owner's devices and PIN are changed by an approval of one device, and by nothing else.
class ChangesTest {
    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;
    private Rig.Agent laptop;
    private Id credential;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        ada = rig.enrol();
        credential = rig.credential(ada.owner, Custody.OWNER_SEALED);
        laptop = rig.join(ada);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    static void refused(FailureKind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.kind()).as(refused.detail()).isEqualTo(kind));
    }

    private Changes.Changed change(Changes.Request request) throws Refused {
        return rig.module.changes().change(request);
    }

    private Changes.Request removal(Rig.Agent by, Rig.Agent of) throws Exception {
        return by.change(ChangeKind.REMOVE_DEVICE, of.device.text(), "");
    }

    private Changes.Request pinChange(Rig.Agent by, String old, String next) throws Exception {
        return by.change(old, ChangeKind.PIN, "", "", next);
    }

    private DeviceRow row(Rig.Agent agent) throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.device(agent.device));
        }
    }

    private void signs(Rig.Agent agent, String pin) throws Exception {
        var value = Hashes.sha256(rig.random(8));
        var authorized = agent.authorize(agent.request(pin, credential, value));
        assertThat(agent.sign(credential, authorized, value)).hasSize(1);
    }

    // removing

    @Test
    void removedDeviceHasNothingLeft() throws Exception {
        var sessions = rig.sessions();
        var tokens = sessions.open(laptop.device, null, "jkt");
        var token = tokens.access().expose();
        assertThat(sessions.find(token)).isNotNull();
        var authorized = laptop.authorize(laptop.request(credential, digest("a"), digest("b")));
        assertThat(laptop.sign(credential, authorized, digest("a"))).hasSize(1);
        var before = row(laptop);

        change(removal(ada, laptop));

        assertThat(sessions.find(token)).isNull();
        assertThat(sessions.deviceKey(laptop.device)).isNull();
        refused(
                FailureKind.NOT_AUTHENTICATED,
                () -> sessions.refresh(tokens.refresh().expose(), laptop.device, null, "jkt"));
        refused(FailureKind.SAD_EXPIRED, () -> laptop.sign(credential, authorized, digest("b")));
        var request = laptop.request(credential, digest("c"));
        refused(FailureKind.NOT_AUTHENTICATED, () -> laptop.authorize(request));
        var own = removal(laptop, ada);
        refused(FailureKind.NOT_AUTHENTICATED, () -> change(own));
        assertThat(row(laptop).slotBox()).isEqualTo(Bytes.EMPTY);
        // what its old slot opens is not what the PIN seal is under any more
        try (var reader = rig.store.read();
                var k = Slots.openDevice(Secret.owning(laptop.share.toArray()), before);
                var pin = Secret.owning(Rig.PIN.getBytes(StandardCharsets.UTF_8))) {
            var owner = Objects.requireNonNull(reader.owner(ada.owner));
            try (var pepper = new Peppers(rig.vault).open(reader, owner.pinPepper());
                    var p = rig.pins.hash(pepper, pin, owner.pinSalt())) {
                assertThatThrownBy(() -> Slots.openPin(k, p, owner))
                        .isInstanceOf(GeneralSecurityException.class);
            }
        }
        signs(ada, Rig.PIN);
    }

    /// Somebody who writes the database makes the row active again.
    @Test
    void removedDeviceThatIsPutBackHasNoLogin() throws Exception {
        var sessions = rig.sessions();
        var tokens = sessions.open(laptop.device, null, "jkt");
        var before = row(laptop);
        change(removal(ada, laptop));
        rig.journal.write(
                (tx, _) -> {
                    tx.updateDevice(before);
                    return true;
                });
        assertThat(sessions.find(tokens.access().expose())).isNull();
        refused(
                FailureKind.NOT_AUTHENTICATED,
                () -> sessions.refresh(tokens.refresh().expose(), laptop.device, null, "jkt"));
        var anew = sessions.open(laptop.device, null, "jkt").access().expose();
        assertThat(sessions.find(anew)).isNotNull();
    }

    @Test
    void theOtherDevicesSignAfterARemovalWithoutHavingBeenThere() throws Exception {
        var phone = rig.join(laptop);
        change(removal(ada, laptop));
        signs(phone, Rig.PIN);
    }

    @Test
    void lastDeviceIsNotRemovedNotEvenByItself() throws Exception {
        change(removal(laptop, laptop));
        var last = removal(ada, ada);
        refused(FailureKind.LAST_DEVICE, () -> change(last));
        signs(ada, Rig.PIN);
    }

    @Test
    void onlyTheOwnersOwnDevicesAreRemoved() throws Exception {
        var bob = rig.enrol();
        var theirs = removal(ada, bob);
        refused(FailureKind.DEVICE_UNKNOWN, () -> change(theirs));
        change(removal(ada, laptop));
        var again = removal(ada, laptop);
        refused(FailureKind.DEVICE_UNKNOWN, () -> change(again));
        var nonsense = ada.change(ChangeKind.REMOVE_DEVICE, "dev_", "");
        refused(FailureKind.DEVICE_UNKNOWN, () -> change(nonsense));
    }

    // PIN

    @Test
    void newPinHoldsOnEveryDevice() throws Exception {
        change(pinChange(ada, Rig.PIN, "8-8-8"));
        for (var agent : List.of(ada, laptop)) {
            var old = agent.request(Rig.PIN, credential, digest("old"));
            refused(FailureKind.FACTORS_REFUSED, () -> agent.authorize(old));
            signs(agent, "8-8-8");
        }
    }

    @Test
    void wrongPinsOfChangesAreCountedAndLockTheDevice() throws Exception {
        for (int i = 0; i < Tickets.TRIES; i++) {
            var guess = pinChange(ada, "00000" + i, "1");
            refused(FailureKind.FACTORS_REFUSED, () -> change(guess));
            assertThat(row(ada).tries()).isEqualTo(i + 1);
            rig.clock.pass(Duration.ofMinutes(5));
        }
        var right = pinChange(ada, Rig.PIN, "1");
        refused(FailureKind.DEVICE_LOCKED, () -> change(right));
        // the way back: another device removes it
        change(removal(laptop, ada));
    }

    @Test
    void furtherSecretIsThereWhereItMeansSomethingAndOnlyThere() throws Exception {
        var none = ada.change(ChangeKind.PIN, "", "");
        assertThatThrownBy(() -> change(none))
                .hasMessage(
                        FailureKind.MALFORMED_REQUEST.id() + ": SEALED brings no further secret.");
        var idle =
                ada.change(
                        Rig.PIN, ChangeKind.REMOVE_DEVICE, laptop.device.text(), "", "something");
        assertThatThrownBy(() -> change(idle))
                .hasMessage(
                        FailureKind.MALFORMED_REQUEST.id() + ": SEALED brings a further secret.");
        var noCode = ada.change(Rig.PIN, ChangeKind.RECOVERY_CODE, "", "", "no code");
        refused(FailureKind.MALFORMED_REQUEST, () -> change(noCode));
        signs(laptop, Rig.PIN);
    }

    // the intent

    @Test
    void onlyWhatTheDeviceSignedForThisOwnerCounts() throws Exception {
        var honest = removal(ada, laptop);
        var other = removal(ada, laptop);
        refused(
                FailureKind.FACTORS_REFUSED,
                () -> change(new Changes.Request(ada.caller(), honest.device(), other.sealed())));
        refused(
                FailureKind.FACTORS_REFUSED,
                () ->
                        change(
                                new Changes.Request(
                                        laptop.caller(), honest.device(), honest.sealed())));
        var signing = ada.request(credential, digest("a"));
        refused(
                FailureKind.INTENT_MISMATCH,
                () -> change(new Changes.Request(ada.caller(), signing.device(), honest.sealed())));
        var recover = ada.change(ChangeKind.RECOVER, ada.owner.text(), "");
        refused(FailureKind.INTENT_MISMATCH, () -> change(recover));
        rig.clock.pass(Duration.ofMinutes(6));
        refused(FailureKind.INTENT_EXPIRED, () -> change(honest));
        assertThat(row(laptop).isActive()).isTrue();
        assertThat(row(ada).tries()).isZero();
    }

    /// The device's own signature, over what another device or owner is said to approve.
    @Test
    void approvalThatNamesAnotherApproverIsRefused() throws Exception {
        var bob = rig.enrol();
        for (var other : List.of(laptop.caller(), bob.caller())) {
            var request = naming(other);
            refused(FailureKind.INTENT_MISMATCH, () -> change(request));
        }
        assertThat(row(laptop).isActive()).isTrue();
        change(naming(ada.caller()));
        assertThat(row(laptop).isActive()).isFalse();
    }

    private Changes.Request naming(DeviceCaller approver) throws Exception {
        var matter = new Matter.Change(ChangeKind.REMOVE_DEVICE.text(), laptop.device.text(), "");
        var nonce = rig.module.challenges().issue(ada.owner.text(), "change");
        var octets =
                ada.intent(
                                new Approver.OnDevice(approver.owner(), approver.device()),
                                nonce,
                                matter)
                        .encode();
        return new Changes.Request(
                ada.caller(),
                ada.jws(octets, ada.device.text()),
                ada.sealed(octets, Rig.PIN, rig.random(32)));
    }

    /// What the person was shown must be all that the intent says.
    @Test
    void changeThatSaysMoreThanItCanMeanIsRefused() throws Exception {
        var phone = rig.new Agent();
        phone.owner = ada.owner;
        var code = "abcdefghijklmnopqrstuvwxy2";
        var thumbprint = phone.thumbprint().base64Url();
        change(ada.change(Rig.PIN, ChangeKind.RECOVERY_CODE, "", "", code));
        rig.module.recovery().recover(phone.recovery("5555", code));
        for (var more :
                List.of(
                        ada.change(Rig.PIN, ChangeKind.PIN, "x", "", "8-8-8"),
                        ada.change(Rig.PIN, ChangeKind.PIN, "", "x", "8-8-8"),
                        ada.change(Rig.PIN, ChangeKind.RECOVERY_CODE, "x", "", code),
                        ada.change(Rig.PIN, ChangeKind.RECOVERY_CODE, "", "x", code),
                        ada.change(ChangeKind.REMOVE_DEVICE, laptop.device.text(), "x"),
                        ada.change(ChangeKind.CANCEL_RECOVERY, "x", thumbprint))) {
            refused(FailureKind.INTENT_MISMATCH, () -> change(more));
        }
        assertThat(row(laptop).isActive()).isTrue();
        assertThat(rig.module.recovery().pending(ada.owner)).isPresent();
        for (var exact :
                List.of(
                        ada.change(Rig.PIN, ChangeKind.PIN, "", "", Rig.PIN),
                        ada.change(Rig.PIN, ChangeKind.RECOVERY_CODE, "", "", code),
                        ada.change(ChangeKind.CANCEL_RECOVERY, "", thumbprint),
                        ada.change(ChangeKind.REMOVE_DEVICE, laptop.device.text(), ""))) {
            change(exact);
        }
    }

    @Test
    void sameChangeTwiceIsMadeOnceAndAnsweredAlike() throws Exception {
        var request = pinChange(ada, Rig.PIN, "8-8-8");
        var first = change(request);
        assertThat(change(request)).isEqualTo(first);
        change(pinChange(ada, "8-8-8", "9-9-9"));
        // it changes nothing back, and asks for no PIN
        assertThat(change(request)).isEqualTo(first);
        assertThat(row(ada).tries()).isZero();
        signs(ada, "9-9-9");
    }

    @Test
    void sameChangeTwentyTimesAtOnceIsMadeOnce() throws Exception {
        var request = removal(ada, laptop);
        var answers = new HashSet<>(atOnce(20, _ -> () -> change(request)));
        assertThat(answers).containsExactly(new Changes.Changed(ada.owner, 3));
    }

    @Test
    void changesOfTwoDevicesAtOnceLeaveRowsThatFitTogether() throws Exception {
        var phone = rig.join(ada);
        var requests =
                List.of(
                        pinChange(ada, Rig.PIN, Rig.PIN),
                        pinChange(laptop, Rig.PIN, Rig.PIN),
                        removal(ada, phone),
                        pinChange(phone, Rig.PIN, Rig.PIN));
        var answers = atOnce(4, i -> () -> change(requests.get(i)));
        // the phone's own may have come too late
        assertThat(answers.subList(0, 3)).allMatch(Changes.Changed.class::isInstance);
        signs(ada, Rig.PIN);
        signs(laptop, Rig.PIN);
        assertThat(row(phone).isActive()).isFalse();
    }

    /// Runs calls at once; results and refusals in their order.
    static List<Object> atOnce(int count, IntFunction<Callable<Object>> calls) throws Exception {
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = new ArrayList<Future<Object>>();
            for (int i = 0; i < count; i++) {
                futures.add(pool.submit(calls.apply(i)));
            }
            var results = new ArrayList<Object>();
            for (var future : futures) {
                try {
                    results.add(future.get());
                } catch (ExecutionException e) {
                    results.add(((Refused) Objects.requireNonNull(e.getCause())).kind());
                }
            }
            return results;
        }
    }

    // the journal

    @Test
    void changeIsJournalledWithWhatTheDeviceSigned() throws Exception {
        var request = removal(ada, laptop);
        var changed = change(request);
        var record = rig.journal.since(ada.owner, changed.seq() - 1, 1, 0).records().getFirst();
        assertThat(JournalRecord.parse(record.record()))
                .isInstanceOfSatisfying(
                        Change.class,
                        change -> {
                            assertThat(change.what()).isEqualTo("remove-device");
                            assertThat(change.subject()).isEqualTo(laptop.device.text());
                            assertThat(change.by()).isEqualTo(ada.device.text());
                        });
        try (var reader = rig.store.read()) {
            assertThat(reader.evidence(record.index())).isEqualTo(Bytes.utf8(request.device()));
        }
        assertThat(findings()).isEmpty();
    }

    /// Somebody who writes the journal's tables gives a removal the number of an intent, and has
    /// nothing that a device signed.
    @Test
    void changeThatNoDeviceSignedIsFound() throws Exception {
        rig.journal.write(
                (tx, changes) ->
                        changes.append(
                                new NewChange(
                                        ada.owner,
                                        "remove-device",
                                        laptop.device.text(),
                                        ada.device.text(),
                                        digest("intent"),
                                        Map.of())));
        assertThat(findings()).containsExactly("Change 5 has not the evidence that it names.");
    }

    private List<String> findings() throws Refused {
        return JournalVerification.verify(rig.store, rig.checkpoints.verifier()).findings();
    }
}
