package dev.custodian.server.activation;

import static dev.custodian.server.activation.ChangesTest.atOnce;
import static dev.custodian.server.activation.ChangesTest.refused;
import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.JournalRecord;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A further device joins by the approval of its very key, and by nothing else.
class JoiningTest {
    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;
    private Rig.Agent phone;
    private Id credential;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        ada = rig.enrol();
        credential = rig.credential(ada.owner, Custody.OWNER_SEALED);
        phone = rig.new Agent();
        phone.owner = ada.owner;
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Changes.Changed approve(Rig.Agent by, Rig.Agent agent) throws Exception {
        return rig.module.changes().change(by.approval(agent));
    }

    private int devices() throws Refused {
        try (var reader = rig.store.read()) {
            return reader.devices(ada.owner).size();
        }
    }

    @Test
    void deviceThatWaitsCanDoNothing() throws Exception {
        phone.ask();
        var request = phone.request(credential, digest("a"));
        refused(FailureKind.NOT_AUTHENTICATED, () -> phone.authorize(request));
        var itself = phone.approval(phone);
        refused(FailureKind.NOT_AUTHENTICATED, () -> rig.module.changes().change(itself));
        assertThat(devices()).isEqualTo(1);
    }

    @Test
    void anotherKeyThanTheOneThatWaitsIsNotAdded() throws Exception {
        phone.ask();
        var mallory = rig.new Agent();
        mallory.owner = ada.owner;
        mallory.ask();
        var mixed =
                ada.change(
                        ChangeKind.ADD_DEVICE,
                        mallory.device.text(),
                        phone.thumbprint().base64Url());
        refused(FailureKind.INTENT_MISMATCH, () -> rig.module.changes().change(mixed));
        assertThat(devices()).isEqualTo(1);
    }

    /// Somebody who writes the database exchanges the key under the number that is shown.
    @Test
    void operatorWhoExchangesTheKeyThatWaitsGainsNothing() throws Exception {
        phone.ask();
        var mallory = rig.new Agent();
        mallory.owner = ada.owner;
        var theirs = mallory.joining(Rig.PIN);
        var approval = ada.approval(phone);
        sql(
                "UPDATE join_request SET spki = ?, sealed = ?, intent = ? WHERE device = ?",
                mallory.key.getPublic().getEncoded(),
                theirs.sealed().encode().toArray(),
                DeviceProof.parse(theirs.device()).intentHash().toArray(),
                phone.device.text());
        refused(FailureKind.INTENT_MISMATCH, () -> rig.module.changes().change(approval));
        // and what is sealed for one intent opens under no other
        sql(
                "UPDATE join_request SET spki = ?, intent = ? WHERE device = ?",
                phone.key.getPublic().getEncoded(),
                DeviceProof.parse(phone.joining(Rig.PIN).device()).intentHash().toArray(),
                phone.device.text());
        var again = ada.approval(phone);
        refused(FailureKind.JOIN_REQUEST_GONE, () -> rig.module.changes().change(again));
        assertThat(devices()).isEqualTo(1);
    }

    private void sql(String statement, Object... values) throws Exception {
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("custodian.db"));
                var prepared = connection.prepareStatement(statement)) {
            for (int i = 0; i < values.length; i++) {
                prepared.setObject(i + 1, values[i]);
            }
            assertThat(prepared.executeUpdate()).isEqualTo(1);
        }
    }

    @Test
    void approvalIsForOneDeviceOnce() throws Exception {
        phone.ask();
        var approval = ada.approval(phone);
        var changed = rig.module.changes().change(approval);
        rig.module.changes().change(ada.change(ChangeKind.REMOVE_DEVICE, phone.device.text(), ""));
        // the same again is answered, and brings nothing back
        assertThat(rig.module.changes().change(approval)).isEqualTo(changed);
        var request = phone.request(credential, digest("a"));
        refused(FailureKind.NOT_AUTHENTICATED, () -> phone.authorize(request));
        var tablet = rig.new Agent();
        tablet.owner = ada.owner;
        tablet.ask();
        assertThat(rig.module.changes().change(approval)).isEqualTo(changed);
        var again = ada.approval(phone);
        refused(FailureKind.JOIN_REQUEST_GONE, () -> rig.module.changes().change(again));
        assertThat(devices()).isEqualTo(2);
    }

    @Test
    void anotherOwnersDeviceApprovesNothing() throws Exception {
        phone.ask();
        var bob = rig.enrol();
        refused(FailureKind.JOIN_REQUEST_GONE, () -> approve(bob, phone));
        assertThat(devices()).isEqualTo(1);
    }

    @Test
    void wrongPinOfTheApprovingDeviceIsCounted() throws Exception {
        phone.ask();
        var guess =
                ada.change(
                        "000000",
                        ChangeKind.ADD_DEVICE,
                        phone.device.text(),
                        phone.thumbprint().base64Url(),
                        "");
        refused(FailureKind.FACTORS_REFUSED, () -> rig.module.changes().change(guess));
        try (var reader = rig.store.read()) {
            assertThat(reader.devices(ada.owner).getFirst().tries()).isEqualTo(1);
        }
    }

    @Test
    void newDeviceWhoseOwnerTypedAnotherPinIsForgotten() throws Exception {
        var answer = rig.module.joining().ask(phone.joining("000000"));
        phone.device = ((Joining.Answer.Waiting) answer).device();
        refused(FailureKind.JOIN_REQUEST_GONE, () -> approve(ada, phone));
        assertThat(rig.module.joining().waiting(ada.owner)).isEmpty();
        assertThat(devices()).isEqualTo(1);
    }

    @Test
    void approvalsOfTwoDevicesAtOnceAddOneDevice() throws Exception {
        var laptop = rig.join(ada);
        phone.ask();
        var requests = List.of(ada.approval(phone), laptop.approval(phone));
        var answers = atOnce(2, i -> () -> rig.module.changes().change(requests.get(i)));
        assertThat(answers).filteredOn(Changes.Changed.class::isInstance).hasSize(1);
        assertThat(answers).contains(FailureKind.JOIN_REQUEST_GONE);
        assertThat(devices()).isEqualTo(3);
        assertThat(phone.authorize(phone.request(credential, digest("a"))).sad()).isNotNull();
    }

    /// A restart, or two days: what was sealed to the key before cannot be opened any more.
    @Test
    void requestSealedToAKeyThatIsGoneIsRefusedAndAskedAnew() throws Exception {
        var request = phone.joining(Rig.PIN);
        var answer = rig.module.joining().ask(request);
        phone.device = ((Joining.Answer.Waiting) answer).device();
        var restarted = rig.restarted();
        var approval =
                sealedAnew(
                        rig,
                        ada.change(
                                ChangeKind.ADD_DEVICE,
                                phone.device.text(),
                                phone.thumbprint().base64Url()),
                        restarted);
        refused(FailureKind.JOIN_REQUEST_GONE, () -> restarted.changes().change(approval));
        refused(FailureKind.ACTIVATION_KEY_GONE, () -> restarted.joining().ask(request));
        assertThat(devices()).isEqualTo(1);
    }

    /// The same change for another node, which has keys of its own.
    static Changes.Request sealedAnew(Rig rig, Changes.Request request, ActivationModule module)
            throws Exception {
        var key = module.keys().current();
        try (var factors = rig.module.keys().open(request.sealed(), hash(request))) {
            var sealed = Sealed.seal(key.id(), key.key(), hash(request), factors, rig.random);
            return new Changes.Request(request.caller(), request.device(), sealed);
        }
    }

    private static Bytes hash(Changes.Request request) throws Refused {
        return DeviceProof.parse(request.device()).intentHash();
    }

    /// The request of a key that somebody else asks with: the owner would approve a device that is
    /// not there.
    @Test
    void requestThatTheNewKeyDidNotSignIsRefused() throws Exception {
        var eve = rig.new Agent();
        var honest = phone.joining(Rig.PIN);
        var payload = Bytes.fromBase64Url(honest.device().split("\\.", -1)[1]);
        var forged = new Joining.Request(ada.owner, eve.jws(payload, ""), honest.sealed());
        refused(FailureKind.FACTORS_REFUSED, () -> rig.module.joining().ask(forged));
        var named =
                new Joining.Request(
                        ada.owner, phone.jws(payload, phone.device.text()), honest.sealed());
        refused(FailureKind.FACTORS_REFUSED, () -> rig.module.joining().ask(named));
        assertThat(rig.module.joining().waiting(ada.owner)).isEmpty();
        rig.module.joining().ask(honest);
        assertThat(rig.module.joining().waiting(ada.owner)).hasSize(1);
    }

    @Test
    void requestForAnotherServerOrOutOfTimeIsRefused() throws Exception {
        var old = phone.joining(Rig.PIN);
        rig.clock.pass(Duration.ofMinutes(6));
        refused(FailureKind.INTENT_EXPIRED, () -> rig.module.joining().ask(old));
        refused(
                FailureKind.INTENT_MISMATCH,
                () -> rig.module.joining().ask(joining(digest("other"), nonce(""))));
        refused(
                FailureKind.INTENT_EXPIRED,
                () -> rig.module.joining().ask(joining(Rig.THUMBPRINT, nonce(ada.owner.text()))));
        assertThat(rig.module.joining().waiting(ada.owner)).isEmpty();
        rig.module.joining().ask(joining(Rig.THUMBPRINT, nonce("")));
        assertThat(rig.module.joining().waiting(ada.owner)).hasSize(1);
    }

    private Bytes nonce(String owner) {
        return rig.module.challenges().issue(owner, "enrol");
    }

    private Joining.Request joining(Bytes server, Bytes nonce) throws Exception {
        var matter = new Matter.Enrol(Matter.Enrol.NO_CODE, phone.jwk());
        var i = phone.intent(new Approver.Elsewhere(ada.owner), nonce, matter);
        var octets =
                new Intent(server, i.approver(), nonce, i.iat(), i.exp(), i.shown(), matter)
                        .encode();
        return new Joining.Request(
                ada.owner, phone.jws(octets, ""), phone.sealed(octets, Rig.PIN, rig.random(32)));
    }

    @Test
    void fewWaitForAnOwnerAndNotForLong() throws Exception {
        for (int i = 0; i < Joining.MOST; i++) {
            var other = rig.new Agent();
            other.owner = ada.owner;
            other.ask();
            // the same key again takes no further place
            other.ask();
        }
        assertThat(rig.module.joining().waiting(ada.owner)).hasSize(Joining.MOST);
        refused(FailureKind.JOIN_REQUESTS_FULL, () -> phone.ask());
        rig.module
                .joining()
                .refuse(ada.owner, rig.module.joining().waiting(ada.owner).getFirst().device());
        phone.ask();
        rig.clock.pass(Joining.LIFE);
        assertThat(rig.module.joining().waiting(ada.owner)).isEmpty();
        refused(FailureKind.JOIN_REQUEST_GONE, () -> approve(ada, phone));
    }

    @Test
    void refusedRequestIsGone() throws Exception {
        phone.ask();
        var bob = rig.enrol();
        refused(
                FailureKind.JOIN_REQUEST_GONE,
                () -> rig.module.joining().refuse(bob.owner, phone.device));
        rig.module.joining().refuse(ada.owner, phone.device);
        refused(FailureKind.JOIN_REQUEST_GONE, () -> approve(ada, phone));
    }

    @Test
    void ownerThatIsNoneIsAsUnknownAsAnInvitation() throws Exception {
        phone.owner = Id.of(Id.Kind.OWNER, rig.random(16));
        refused(FailureKind.INVITATION_REFUSED, () -> phone.ask());
        var request = phone.joining(Rig.PIN);
        refused(
                FailureKind.INTENT_MISMATCH,
                () ->
                        rig.module
                                .joining()
                                .ask(
                                        new Joining.Request(
                                                ada.owner, request.device(), request.sealed())));
    }

    @Test
    void approvedDeviceSignsAndIsToldSo() throws Exception {
        var request = phone.joining(Rig.PIN);
        var waiting = rig.module.joining().ask(request);
        assertThat(rig.module.joining().ask(request)).isEqualTo(waiting);
        phone.device = ((Joining.Answer.Waiting) waiting).device();
        var changed = approve(ada, phone);
        var asked = DeviceProof.parse(request.device()).intentHash().base64Url();
        assertThat(rig.module.joining().ask(request))
                .isInstanceOfSatisfying(
                        Joining.Answer.Joined.class,
                        joined -> assertThat(joined.device()).isEqualTo(phone.device));
        // neither is what it sealed kept, nor the request listed
        assertThat(rig.waiting(phone.device).sealed()).isEqualTo(Bytes.EMPTY);
        assertThat(rig.module.joining().waiting(ada.owner)).isEmpty();

        var authorized = phone.authorize(phone.request(credential, digest("a")));
        assertThat(phone.sign(credential, authorized, digest("a"))).hasSize(1);
        var record = rig.journal.since(ada.owner, changed.seq() - 1, 1, 0).records().getFirst();
        assertThat(JournalRecord.parse(record.record()))
                .isInstanceOfSatisfying(
                        Change.class,
                        change ->
                                assertThat(change.details())
                                        .containsEntry("request", asked)
                                        .containsKey("spki"));
    }
}
