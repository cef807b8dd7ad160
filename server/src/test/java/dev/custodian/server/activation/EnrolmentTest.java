package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.DeviceJwk;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.server.journal.NewChange;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.OwnerRow;
import java.nio.file.Path;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who becomes an owner, and with what.
class EnrolmentTest {
    @TempDir Path folder;

    private Rig rig;
    private Invitation invitation;
    private Rig.Agent bob;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        invitation = rig.invite();
        bob = rig.new Agent();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Enrolment.Enrolled enrol(Enrolment.Request request) throws Refused {
        return rig.module.enrolment().enrol(request);
    }

    private void refused(FailureKind kind, Enrolment.Request request) {
        assertThatThrownBy(() -> enrol(request))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    /// Refused, and the invitation is as good as before.
    private void refusedForNothing(FailureKind kind, Enrolment.Request request) throws Exception {
        refused(kind, request);
        try (var reader = rig.store.read()) {
            assertThat(reader.owners()).isEmpty();
        }
        assertThat(enrol(bob.enrolment(invitation, Rig.PIN))).isNotNull();
    }

    /// An honest request but for the intent, which the device signs as it is changed.
    private Enrolment.Request changed(UnaryOperator<Intent> change) throws Exception {
        var matter =
                new Matter.Enrol(
                        invitation.codeHash(), DeviceJwk.of((ECPublicKey) bob.key.getPublic()));
        var nonce = rig.module.challenges().issue("", "enrol");
        var octets = change.apply(bob.intent(new Approver.Newcomer(), nonce, matter)).encode();
        return new Enrolment.Request(
                bob.jws(octets, ""),
                invitation.code(),
                bob.sealed(octets, Rig.PIN, rig.random(32)));
    }

    private OwnerRow owner(Id id) throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.owner(id));
        }
    }

    private DeviceRow device(Id id) throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.device(id));
        }
    }

    @Test
    void newcomerBecomesAnOwnerWithOneDeviceAndARecordThatSaysSo() throws Exception {
        var enrolled = enrol(bob.enrolment(invitation, Rig.PIN));
        var device = device(enrolled.device());
        assertThat(device.owner()).isEqualTo(enrolled.owner());
        assertThat(device.slot()).isEqualTo(enrolled.slot());
        assertThat(device.spki()).isEqualTo(Bytes.of(bob.key.getPublic().getEncoded()));
        assertThat(device.state()).isEqualTo(DeviceRow.State.ACTIVE);
        assertThat(device.tries()).isZero();
        assertThat(owner(enrolled.owner()).name()).isEqualTo("Ada");
        assertThat(owner(enrolled.owner()).created()).isEqualTo(rig.clock.instant());
        var page = rig.journal.since(enrolled.owner(), 0, 10, 0);
        assertThat(page.records()).hasSize(1);
        assertThat(record(page.records().getFirst().record()).what()).isEqualTo("enrol");
    }

    private static Change record(Bytes octets) throws MalformedException {
        return (Change) JournalRecord.parse(octets);
    }

    @Test
    void noTwoOwnersShareAnId() throws Exception {
        var one = enrol(bob.enrolment(invitation, Rig.PIN));
        var two = enrol(rig.new Agent().enrolment(rig.invite(), Rig.PIN));
        assertThat(two.owner()).isNotEqualTo(one.owner());
        assertThat(two.device()).isNotEqualTo(one.device());
        assertThat(two.slot()).isNotEqualTo(one.slot());
        assertThat(owner(two.owner()).pinSalt()).isNotEqualTo(owner(one.owner()).pinSalt());
        assertThat(owner(two.owner()).publicKey()).isNotEqualTo(owner(one.owner()).publicKey());
    }

    @Test
    void unknownInvitationIsRefused() throws Exception {
        var other = new Invitation(invitation.base(), rig.random(10), Rig.THUMBPRINT);
        refusedForNothing(FailureKind.INVITATION_REFUSED, bob.enrolment(other, Rig.PIN));
    }

    @Test
    void invitationIsGoodUntilItsEndAndNotAtIt() throws Exception {
        rig.clock.pass(Duration.ofDays(1).minusMillis(1));
        enrol(bob.enrolment(invitation, Rig.PIN));
        var next = rig.invite();
        rig.clock.pass(Duration.ofDays(1));
        refused(FailureKind.INVITATION_REFUSED, rig.new Agent().enrolment(next, Rig.PIN));
    }

    @Test
    void codeThatTheDeviceDidNotSignForIsRefused() throws Exception {
        var other = rig.invite();
        var mixed = bob.enrolment(invitation, Rig.PIN);
        refusedForNothing(
                FailureKind.INTENT_MISMATCH,
                new Enrolment.Request(mixed.device(), other.code(), mixed.sealed()));
    }

    @Test
    void intentOfAnEnrolledDeviceIsNoFirstEnrolment() throws Exception {
        var id = Id.of(Id.Kind.OWNER, rig.random(16));
        refusedForNothing(
                FailureKind.INTENT_MISMATCH,
                changed(
                        i ->
                                new Intent(
                                        i.server(),
                                        new Approver.Elsewhere(id),
                                        i.nonce(),
                                        i.iat(),
                                        i.exp(),
                                        i.shown(),
                                        i.matter())));
    }

    @Test
    void intentForSomethingElseIsNoEnrolment() throws Exception {
        var id = Id.of(Id.Kind.OWNER, rig.random(16));
        refusedForNothing(
                FailureKind.INTENT_MISMATCH,
                changed(
                        i ->
                                new Intent(
                                        i.server(),
                                        new Approver.Elsewhere(id),
                                        i.nonce(),
                                        i.iat(),
                                        i.exp(),
                                        i.shown(),
                                        new Matter.Change("pin", "", ""))));
    }

    @Test
    void intentForAnotherServerOrWithAnotherNonceIsRefused() throws Exception {
        refused(FailureKind.INTENT_MISMATCH, changed(i -> with(i, rig.random(32), i.nonce())));
        refusedForNothing(
                FailureKind.INTENT_EXPIRED, changed(i -> with(i, i.server(), rig.random(32))));
    }

    private static Intent with(Intent i, Bytes server, Bytes nonce) {
        return new Intent(server, i.approver(), nonce, i.iat(), i.exp(), i.shown(), i.matter());
    }

    /// Nobody enrols a device key that is not theirs.
    @Test
    void keyThatTheDeviceDoesNotHaveIsRefused() throws Exception {
        var hers = DeviceJwk.of((ECPublicKey) rig.new Agent().key.getPublic());
        refusedForNothing(
                FailureKind.FACTORS_REFUSED,
                changed(
                        i ->
                                new Intent(
                                        i.server(),
                                        i.approver(),
                                        i.nonce(),
                                        i.iat(),
                                        i.exp(),
                                        i.shown(),
                                        new Matter.Enrol(invitation.codeHash(), hers))));
    }

    @Test
    void factorsSealedForAnotherIntentAreRefused() throws Exception {
        var one = bob.enrolment(invitation, Rig.PIN);
        var two = bob.enrolment(invitation, Rig.PIN);
        refusedForNothing(
                FailureKind.FACTORS_REFUSED,
                new Enrolment.Request(one.device(), one.code(), two.sealed()));
    }

    // the answer again

    @Test
    void repeatGetsTheSameAnswerAndMakesNothing() throws Exception {
        var request = bob.enrolment(invitation, Rig.PIN);
        var first = enrol(request);
        assertThat(enrol(request)).isEqualTo(first);
        try (var reader = rig.store.read()) {
            assertThat(reader.owners()).hasSize(1);
            assertThat(reader.devices(first.owner())).hasSize(1);
        }
    }

    @Test
    void usedInvitationIsNothingToAnotherDevice() throws Exception {
        enrol(bob.enrolment(invitation, Rig.PIN));
        refused(FailureKind.INVITATION_REFUSED, rig.new Agent().enrolment(invitation, Rig.PIN));
    }

    @Test
    void repeatIsOverOnceTheOwnerHasChanged() throws Exception {
        var request = bob.enrolment(invitation, Rig.PIN);
        var enrolled = enrol(request);
        rig.journal.write(
                (_, changes) ->
                        changes.append(
                                new NewChange(
                                        enrolled.owner(), "pin", "", "operator", null, Map.of())));
        refused(FailureKind.INVITATION_REFUSED, request);
    }

    @Test
    void repeatIsOverOnceTheOwnerHasAnotherDevice() throws Exception {
        var request = bob.enrolment(invitation, Rig.PIN);
        var enrolled = enrol(request);
        var first = device(enrolled.device());
        rig.journal.write(
                (tx, _) -> {
                    tx.insertDevice(
                            new DeviceRow(
                                    Id.of(Id.Kind.DEVICE, rig.random(16)),
                                    first.owner(),
                                    first.slot(),
                                    "",
                                    first.spki(),
                                    first.sharePublic(),
                                    first.slotBox(),
                                    DeviceRow.State.ACTIVE,
                                    0,
                                    Instant.EPOCH,
                                    first.created()));
                    return true;
                });
        refused(FailureKind.INVITATION_REFUSED, request);
    }
}
