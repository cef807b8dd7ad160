package dev.custodian.client;

import static dev.custodian.client.Pairing.SHOWN;
import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.RecoveryCode;
import dev.custodian.core.identity.DeviceNumber;
import dev.custodian.core.identity.OwnerAddress;
import dev.custodian.core.journal.Change;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// The client changes devices, PIN and recovery code, and believes no change that the journal tells
/// otherwise.
class DevicesTest {
    @TempDir Path scratch;

    private FakeServer server;
    private FakeOwner owner;
    private Pairing pairing;
    private Devices devices;

    @BeforeEach
    void pair() throws Exception {
        server = new FakeServer();
        owner = server.behind.ownerBehind;
        pairing = new Pairing(server, scratch);
        devices = new Devices(pairing.session, pairing.journal(), new SecureRandom());
    }

    @AfterEach
    void close() {
        pairing.close();
    }

    private FactorSource.Given given() throws Refused {
        return new FactorSource.Given(
                Pin.of(pairing.pin.toCharArray()), Secret.owning(pairing.share.toArray()));
    }

    private Change remove() throws Exception {
        return devices.remove(server.behind.device, given(), SHOWN);
    }

    private static UnaryOperator<Change> telling(String what, String subject, String by) {
        return change ->
                new Change(
                        change.time(),
                        change.place(),
                        what.isEmpty() ? change.what() : what,
                        subject.isEmpty() ? change.subject() : subject,
                        by.isEmpty() ? change.by() : by,
                        change.intent(),
                        change.details());
    }

    // lies

    @Test
    void changeThatTheJournalDoesNotTellIsRefused() {
        owner.silent = true;
        refused(FailureKind.JOURNAL_BROKEN, "no record of the change", this::remove);
    }

    @Test
    void changeThatTheJournalTellsOtherwiseIsRefused() {
        owner.retold = telling("pin", "", "");
        refused(FailureKind.JOURNAL_BROKEN, "another change", this::remove);
        owner.retold = telling("", "dev_another", "");
        refused(FailureKind.JOURNAL_BROKEN, "another change", this::remove);
        owner.retold = telling("", "", "dev_another");
        refused(FailureKind.JOURNAL_BROKEN, "another change", this::remove);
    }

    @Test
    void anotherKeyThanTheApprovedOneIsRefused() throws Exception {
        owner.waitingSpki = server.random(91);
        var waiting = devices.status().waiting().getFirst();
        owner.retold =
                change -> {
                    var details = new TreeMap<>(change.details());
                    details.put("spki", server.random(91).base64Url());
                    return new Change(
                            change.time(),
                            change.place(),
                            change.what(),
                            change.subject(),
                            change.by(),
                            change.intent(),
                            details);
                };
        refused(
                FailureKind.JOURNAL_BROKEN,
                "another key",
                () -> devices.approve(waiting, given(), SHOWN));
    }

    @Test
    void challengeUnderAnActivationKeyThatNobodyVouchesForGetsNoPin() {
        server.statementSigner = FakeServer.newKey();
        refused(FailureKind.ACTIVATION_KEY_NOT_VOUCHED, "", this::remove);
        assertThat(server.asked).doesNotContain("/csc/v2/owner/change");
    }

    // what works

    @Test
    void removalIsBelievedWhenTheJournalTellsIt() throws Exception {
        var change = remove();
        assertThat(change.what()).isEqualTo("remove-device");
        assertThat(owner.pin).isEqualTo(pairing.pin);
        assertThat(owner.more).isEmpty();
        assertThat(pairing.memory.now().chain(server.behind.owner).newest().seq()).isEqualTo(2);
        // and the next one goes on from there
        assertThat(remove().place().seq()).isEqualTo(3);
    }

    @Test
    void lostAnswerAndLostActivationKeyCostNothing() throws Exception {
        owner.activationKeysToLose = 1;
        server.mishaps.put("/csc/v2/owner/change", List.of(503));
        assertThat(remove().place().seq()).isEqualTo(2);
    }

    @Test
    void statusNamesWhatThereIsAndTheNumberOfWhatWaits() throws Exception {
        owner.waitingSpki = server.random(91);
        var status = devices.status();
        var thumbprint = DeviceNumber.thumbprint(owner.waitingSpki);
        // what turns text around is not shown
        assertThat(status.devices().getFirst().name()).isEqualTo("laptop");
        assertThat(status.devices().getFirst().active()).isTrue();
        assertThat(status.devices().getFirst().seen()).isEqualTo(FakeOwner.LATER);
        assertThat(status.waiting().getFirst().number())
                .isEqualTo(DeviceNumber.of(thumbprint, server.behind.device))
                .matches("[0-9]{3} [0-9]{3}");
        assertThat(status.recovery())
                .isEqualTo(new Devices.Recovering(thumbprint, FakeOwner.LATER));
        assertThat(
                        devices.stop(Objects.requireNonNull(status.recovery()), given(), SHOWN)
                                .subject())
                .isEqualTo(thumbprint.base64Url());
    }

    @Test
    void oldAndNewPinTravelInOneBox() throws Exception {
        var changes = new PinChange(pairing.session, pairing.journal(), new SecureRandom());
        var next = Pin.of("135791".toCharArray());
        assertThat(changes.pin(given(), next, SHOWN).what()).isEqualTo("pin");
        assertThat(owner.pin).isEqualTo(pairing.pin);
        assertThat(owner.more).isEqualTo("135791");
        var code = RecoveryCode.make(new SecureRandom());
        assertThat(changes.recoveryCode(given(), code, SHOWN).what()).isEqualTo("recovery-code");
        assertThat(owner.more).matches("[a-z2-7]{26}");
    }

    @Test
    void whatOthersChangedIsNews() throws Exception {
        assertThat(devices.news()).isEmpty();
        server.behind.journal.append(
                server.behind.owner,
                place ->
                        new Change(
                                FakeOwner.LATER,
                                place,
                                "recovery-begun",
                                "key",
                                "recovery-code",
                                new TreeMap<>()));
        assertThat(FakeOwner.kinds(devices.news())).containsExactly("recovery-begun");
        assertThat(devices.news()).isEmpty();
    }

    // a further device

    private final EphemeralKey phone = FakeServer.newKey();

    private Joining joining(OwnerAddress address) {
        return new Joining(address, phone, Clock.systemUTC(), new SecureRandom(), Pairing.FEW);
    }

    private Joining.Asked ask(Joining joining) throws Exception {
        try (var share = Secret.owning(new byte[32]);
                var pin = Pin.of(pairing.pin.toCharArray())) {
            return joining.ask(share, pin, SHOWN);
        }
    }

    private Journal journalOf(Remembered remembered, String file) throws Exception {
        var memory = Memory.begin(scratch.resolve(file), remembered);
        var pinned =
                PinnedServer.meet(remembered.server(), remembered.thumbprint(), Clock.systemUTC());
        return new Journal(
                new DeviceSession(pinned, memory, phone, new SecureRandom(), Pairing.FEW, null));
    }

    @Test
    void nothingIsSentToAnotherServerThanTheAddressNames() {
        var address = devices.address();
        var other = new OwnerAddress(address.base(), address.owner(), server.random(32));
        var before = server.asked.size();
        refused(FailureKind.IDENTITY_CHANGED, "", () -> ask(joining(other)));
        assertThat(server.asked.stream().skip(before)).containsOnly("/identity");
    }

    @Test
    void furtherDeviceShowsTheNumberThatTheOthersShowAndComesInWhenApproved() throws Exception {
        var joining = joining(devices.address());
        var asked = ask(joining);
        assertThat(asked.number()).isEqualTo(devices.status().waiting().getFirst().number());
        assertThat(joining.look(asked)).isEmpty();
        owner.approved = true;
        var joined = joining.look(asked).orElseThrow();
        assertThat(joining.check(joined, journalOf(joined.remembered(), "phone")).what())
                .isEqualTo("add-device");
    }

    @Test
    void deviceThatTheOwnersChainDoesNotKnowIsNotBelieved() throws Exception {
        var joining = joining(devices.address());
        var asked = ask(joining);
        owner.approved = true;
        owner.retold =
                change ->
                        new Change(
                                change.time(),
                                change.place(),
                                change.what(),
                                change.subject(),
                                change.by(),
                                change.intent(),
                                new TreeMap<>(Map.of("spki", server.random(91).base64Url())));
        var joined = joining.look(asked).orElseThrow();
        var journal = journalOf(joined.remembered(), "phone");
        refused(
                FailureKind.JOURNAL_BROKEN,
                "no record that added",
                () -> joining.check(joined, journal));
    }

    @Test
    void anotherOwnersDeviceIsNotBelieved() throws Exception {
        var joining = joining(devices.address());
        var asked = ask(joining);
        owner.approved = true;
        server.lies.put("/enrol", answer -> answer.put("owner", server.id(Id.Kind.OWNER).text()));
        refused(FailureKind.PROTOCOL_BROKEN, "another owner's", () -> joining.look(asked));
    }

    @Test
    void forgottenRequestHasToBeAskedAnew() throws Exception {
        var joining = joining(devices.address());
        var asked = ask(joining);
        server.lies.put(
                "/enrol",
                answer -> {
                    var waiting = (ObjectNode) answer.get("waiting");
                    waiting.put("device", server.id(Id.Kind.DEVICE).text());
                    return answer;
                });
        refused(FailureKind.JOIN_REQUEST_GONE, "", () -> joining.look(asked));
    }

    // recovery

    @Test
    void recoveryWaitsAndThenIsBelievedByTheChainAlone() throws Exception {
        var recovery =
                new Recovery(
                        devices.address(),
                        phone,
                        Clock.systemUTC(),
                        new SecureRandom(),
                        Pairing.FEW);
        try (var share = Secret.owning(new byte[32]);
                var pin = Pin.of("55555".toCharArray());
                var code = RecoveryCode.make(new SecureRandom());
                var next = RecoveryCode.make(new SecureRandom())) {
            var secrets = new Recovery.Secrets(share, pin, code, next);
            assertThat(recovery.recover(secrets, SHOWN))
                    .isEqualTo(new Recovery.Answer.Waiting(FakeOwner.LATER));
            assertThat(owner.more)
                    .isEqualTo(
                            Bytes.concat(Bytes.of(code.expose()), Bytes.of(next.expose())).utf8());
            owner.approved = true;
            var recovered = (Recovery.Answer.Recovered) recovery.recover(secrets, SHOWN);
            var journal = journalOf(recovered.remembered(), "phone");
            assertThat(recovery.check(recovered, journal).what()).isEqualTo("recover");

            owner.retold = telling("", "dev_another", "");
            var again = (Recovery.Answer.Recovered) recovery.recover(secrets, SHOWN);
            var lying = journalOf(again.remembered(), "again");
            refused(
                    FailureKind.JOURNAL_BROKEN,
                    "no record of this recovery",
                    () -> recovery.check(again, lying));
        }
    }
}
