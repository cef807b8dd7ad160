package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.credential.Registrar;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.ProofRow;
import dev.custodian.server.trust.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Level `BOUND_HARDWARE` is for devices that proved their hardware, and for nobody who writes so
/// into the database. The cards are made up here; TPMs prove in `ProofIT`.
class ProvingTest {
    private static final Duration LOOK = Duration.ofSeconds(30);
    private static final int SERIAL = 12_345_678;

    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;
    private TestAuthority maker;
    private TestAuthority between;
    private TestAuthority card;
    private Id strict;

    @BeforeEach
    void start() throws Exception {
        maker = TestAuthority.root("maker");
        between = maker.below("between");
        card = between.below("card");
        rig = new Rig(folder);
        ada = rig.enrol();
        trust(maker.trusted(), between.between());
        strict = credential(Purpose.DOCUMENT);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private Id credential(Purpose purpose) throws Exception {
        var made =
                rig.registrar.create(
                        new Registrar.Order(
                                ada.owner,
                                purpose,
                                Custody.OWNER_SEALED,
                                KeyAlgorithm.P256,
                                new Policy(Level.BOUND_HARDWARE, 10),
                                "CN=Ada"));
        return rig.registrar.certify(List.of(rig.certificate(made.request())));
    }

    /// The operator trusts these from now on.
    private void trust(TestAuthority.Line... lines) throws Exception {
        TestAuthority.write(folder.resolve("piv"), lines);
        rig.clock.pass(LOOK);
    }

    private static void refused(FailureKind kind, String sentence, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(kind);
                            assertThat(refused.detail()).contains(sentence);
                        });
    }

    private void notProved(String sentence, ThrowingCallable call) throws Exception {
        refused(FailureKind.HARDWARE_NOT_PROVED, sentence, call);
        try (var reader = rig.store.read()) {
            assertThat(reader.factors().proof(ada.device)).isNull();
        }
    }

    private void prove(Rig.Agent agent) throws Exception {
        rig.module
                .proving()
                .show(agent.caller(), card.states(agent.key.getPublic(), SERIAL), card.der());
    }

    private Level approve(Rig.Agent agent, String text) throws Exception {
        return agent.authorize(agent.request(strict, Rig.digest(text))).level();
    }

    private void cannotApprove(Rig.Agent agent, String why) {
        refused(FailureKind.POLICY_REFUSED, why, () -> approve(agent, "refused"));
    }

    private ProofRow row(Id device) throws Exception {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.factors().proof(device));
        }
    }

    private void write(ProofRow row) throws Exception {
        rig.journal.write(
                (tx, _) -> {
                    tx.factors().putProof(row);
                    return true;
                });
    }

    // no proof

    @Test
    void unprovedDeviceIsToldWhatToDo() throws Exception {
        cannotApprove(ada, "demands an approval of level BOUND_HARDWARE. This device's key is not");
        prove(ada);
        assertThat(approve(ada, "proved")).isEqualTo(Level.BOUND_HARDWARE);
    }

    @Test
    void whereNobodyIsTrustedNoProofIsAskedForAndNoneTaken() throws Exception {
        assertThat(rig.module.proving().wanted()).containsExactly(ProofKind.PIV);
        trust();
        assertThat(rig.module.proving().wanted()).isEmpty();
        notProved("takes no such proof", () -> prove(ada));
        cannotApprove(ada, "This server asks for no such proof");
        notProved(
                "takes no such proof",
                () -> rig.module.proving().ask(ada.caller(), Bytes.utf8("claim")));
    }

    @Test
    void claimOfADeviceIsNoProof() throws Exception {
        rig.journal.write(
                (tx, _) -> {
                    tx.factors().say(ada.device, DeviceVerdict.HARDWARE_CLAIMED);
                    return true;
                });
        cannotApprove(ada, "not proved to be in hardware");
        assertThat(rig.module.proving().verdicts(ada.owner))
                .containsEntry(ada.device, DeviceVerdict.HARDWARE_CLAIMED);
        prove(ada);
        assertThat(rig.module.proving().verdicts(ada.owner))
                .containsEntry(ada.device, DeviceVerdict.HARDWARE_PROVED);
    }

    // false proofs

    @Test
    void cardOfAnUntrustedMakerProvesNothing() throws Exception {
        var stranger = TestAuthority.root("maker").below("between").below("card");
        notProved(
                "does not lead to a maker that is trusted here",
                () ->
                        rig.module
                                .proving()
                                .show(
                                        ada.caller(),
                                        stranger.states(ada.key.getPublic(), SERIAL),
                                        stranger.der()));
        notProved(
                "damaged",
                () -> rig.module.proving().show(ada.caller(), Bytes.utf8("x"), Bytes.utf8("y")));
    }

    @Test
    void statementAboutAnotherKeyProvesNothing() throws Exception {
        var other = rig.enrol();
        notProved(
                "another key than this device's",
                () ->
                        rig.module
                                .proving()
                                .show(
                                        ada.caller(),
                                        card.states(other.key.getPublic(), SERIAL),
                                        card.der()));
    }

    // who writes the database

    @Test
    void changedRowIsNoticed() throws Exception {
        prove(ada);
        var right = row(ada.device);
        List<UnaryOperator<ProofRow>> changes =
                List.of(
                        r -> with(r, ProofKind.TPM, r.mark(), r.vouchers()),
                        r -> with(r, r.kind(), Rig.digest("another mark"), r.vouchers()),
                        r -> with(r, r.kind(), r.mark(), Rig.digest("another root")),
                        r -> r.withMac(Rig.digest("guessed")),
                        r -> r.withMac(Bytes.EMPTY));
        for (var change : changes) {
            write(change.apply(right));
            refused(FailureKind.TAMPERED, "was changed", () -> approve(ada, "changed"));
            assertThat(rig.module.proving().verdicts(ada.owner)).isEmpty();
        }
        write(right);
        assertThat(approve(ada, "right")).isEqualTo(Level.BOUND_HARDWARE);
    }

    private static ProofRow with(ProofRow row, ProofKind kind, Bytes mark, Bytes vouchers) {
        return new ProofRow(
                row.device(), kind, row.pepper(), mark, vouchers, row.proved(), row.mac());
    }

    @Test
    void proofOfOneDevicePromotesNoOther() throws Exception {
        prove(ada);
        var second = rig.join(ada);
        var row = row(ada.device);
        write(
                new ProofRow(
                        second.device,
                        row.kind(),
                        row.pepper(),
                        row.mark(),
                        row.vouchers(),
                        row.proved(),
                        row.mac()));
        refused(FailureKind.TAMPERED, "was changed", () -> approve(second, "copied"));
        assertThat(approve(ada, "its own")).isEqualTo(Level.BOUND_HARDWARE);
    }

    /// Whoever writes the database puts a key of a card of his own in the place of a device's,
    /// proves that, and puts the right one back.
    @Test
    void keyThatStoodInForADevicesIsNoProofOfIt() throws Exception {
        var thief = rig.enrol();
        DeviceRow right;
        try (var reader = rig.store.read()) {
            right = Objects.requireNonNull(reader.device(ada.device));
        }
        write(withKey(right, Bytes.of(thief.key.getPublic().getEncoded())));
        var statement = card.states(thief.key.getPublic(), SERIAL);
        rig.module.proving().show(ada.caller(), statement, card.der());
        write(right);
        refused(FailureKind.TAMPERED, "was changed", () -> approve(ada, "by the right key"));
        assertThat(rig.module.proving().verdicts(ada.owner)).isEmpty();
        prove(ada);
        assertThat(approve(ada, "proved itself")).isEqualTo(Level.BOUND_HARDWARE);
    }

    private static DeviceRow withKey(DeviceRow row, Bytes spki) {
        return new DeviceRow(
                row.id(),
                row.owner(),
                row.slot(),
                row.name(),
                spki,
                row.sharePublic(),
                row.slotBox(),
                row.state(),
                row.tries(),
                row.notBefore(),
                row.created());
    }

    private void write(DeviceRow row) throws Exception {
        rig.journal.write(
                (tx, _) -> {
                    tx.updateDevice(row);
                    return true;
                });
    }

    /// Who has a copy of the row of then puts it back after the device was removed.
    @Test
    void proofOfARemovedDeviceThatIsPutBackCountsForNothing() throws Exception {
        var second = rig.join(ada);
        prove(second);
        var row = row(second.device);
        rig.module.changes().change(ada.change(ChangeKind.REMOVE_DEVICE, second.device.text(), ""));
        write(row);
        assertThat(rig.module.proving().verdicts(ada.owner)).isEmpty();
        refused(FailureKind.NOT_AUTHENTICATED, "", () -> approve(second, "removed"));
    }

    // who is trusted no more

    @Test
    void withdrawnRootEndsWhatRestedOnIt() throws Exception {
        prove(ada);
        trust(maker.withdrawn("root"), between.between());
        assertThat(rig.module.proving().verdicts(ada.owner)).isEmpty();
        cannotApprove(ada, "who vouched for it is no longer trusted");

        trust(TestAuthority.root("another").trusted(), maker.withdrawn("root"), between.between());
        cannotApprove(ada, "who vouched for it is no longer trusted");
        refused(
                FailureKind.HARDWARE_NOT_PROVED,
                "who vouches for it is trusted no longer",
                () -> prove(ada));

        trust(maker.trusted(), between.between());
        assertThat(approve(ada, "trusted again")).isEqualTo(Level.BOUND_HARDWARE);
    }

    @Test
    void whatIsBelowARootCanBeWithdrawnAlone() throws Exception {
        prove(ada);
        trust(maker.trusted(), between.withdrawn("intermediate"));
        cannotApprove(ada, "who vouched for it is no longer trusted");
        refused(
                FailureKind.HARDWARE_NOT_PROVED,
                "who vouches for it is trusted no longer",
                () -> prove(ada));
    }

    @Test
    void oneCardCanBeWithdrawnAlone() throws Exception {
        trust(maker.trusted(), between.between(), card.withdrawn("intermediate"));
        notProved("who vouches for it is trusted no longer", () -> prove(ada));
    }

    /// The folder did not name the card when it was proved.
    @Test
    void oneCardIsWithdrawnAfterItsProof() throws Exception {
        prove(ada);
        trust(maker.trusted(), between.between(), card.withdrawn("intermediate"));
        cannotApprove(ada, "who vouched for it is no longer trusted");
        assertThat(rig.module.proving().verdicts(ada.owner)).isEmpty();
        trust(maker.trusted(), between.between());
        assertThat(approve(ada, "taken back")).isEqualTo(Level.BOUND_HARDWARE);
    }

    @Test
    void withdrawalIsOfAKeyByWhateverName() throws Exception {
        prove(ada);
        trust(maker.trusted(), between.renamed("bought by another").withdrawn("intermediate"));
        cannotApprove(ada, "who vouched for it is no longer trusted");
        trust(maker.trusted(), maker.renamed("bought by another").withdrawn("root"));
        cannotApprove(ada, "who vouched for it is no longer trusted");
        trust(maker.renamed("bought by another").trusted());
        assertThat(approve(ada, "the same key")).isEqualTo(Level.BOUND_HARDWARE);
    }

    @Test
    void removedRootEndsWhatRestedOnItAsAWithdrawnOneDoes() throws Exception {
        prove(ada);
        trust(TestAuthority.root("another").trusted(), between.between());
        cannotApprove(ada, "who vouched for it is no longer trusted");
        trust(TestAuthority.root("another").trusted(), maker.between(), between.between());
        cannotApprove(ada, "who vouched for it is no longer trusted");
    }

    @Test
    void deviceWhoseVoucherWasWithdrawnProvesAnewByAnother() throws Exception {
        prove(ada);
        long before = records();
        var batch = maker.below("batch");
        var other = batch.below("card");
        trust(maker.trusted(), between.withdrawn("intermediate"), batch.between());
        cannotApprove(ada, "who vouched for it is no longer trusted");
        var proof = other.states(ada.key.getPublic(), SERIAL);
        rig.module.proving().show(ada.caller(), proof, other.der());
        assertThat(records()).isEqualTo(before + 1);
        assertThat(approve(ada, "by another batch")).isEqualTo(Level.BOUND_HARDWARE);
    }

    /// What the database has tells nobody which card it is, but with the vault.
    @Test
    void nothingOfTheCardIsKeptButKeyedHashes() throws Exception {
        prove(ada);
        var kept = row(ada.device).vouchers();
        assertThat(kept.size()).as("card, batch, root").isEqualTo(3 * 32);
        for (var one : List.of(card, between, maker)) {
            assertThat(kept.hex()).doesNotContain(Hashes.sha256(one.spki()).hex());
        }
    }

    // what a proof is good for

    @Test
    void removedDeviceLeavesNoProof() throws Exception {
        var second = rig.join(ada);
        prove(second);
        rig.module.changes().change(ada.change(ChangeKind.REMOVE_DEVICE, second.device.text(), ""));
        try (var reader = rig.store.read()) {
            assertThat(reader.factors().proof(second.device)).isNull();
        }
        refused(FailureKind.NOT_AUTHENTICATED, "", () -> prove(second));
    }

    /// Its record is not in the owner's chain, whose length the owner's MAC covers.
    @Test
    void ownerChangesFactorsAfterAProofAsBefore() throws Exception {
        prove(ada);
        var changed =
                rig.module.changes().change(ada.change(Rig.PIN, ChangeKind.PIN, "", "", "111111"));
        assertThat(changed.seq()).isEqualTo(2);
        assertThat(ada.authorize(ada.request("111111", strict, Rig.digest("new PIN"))).level())
                .isEqualTo(Level.BOUND_HARDWARE);
    }

    @Test
    void consentOfAProvedDeviceIsBoundToHardwareToo() throws Exception {
        var login = credential(Purpose.LOGIN);
        refused(
                FailureKind.POLICY_REFUSED,
                "not proved to be in hardware",
                () -> rig.module.consents().grant(consent(login)));
        prove(ada);
        assertThat(rig.module.consents().grant(consent(login)).level())
                .isEqualTo(Level.BOUND_HARDWARE);
    }

    /// What was approved was approved so, whatever became of the device since.
    @Test
    void repeatedGrantTellsTheLevelThatItWasGivenAt() throws Exception {
        var login = rig.credential(ada.owner, Custody.OWNER_SEALED, Purpose.LOGIN);
        var unproved = consent(login);
        assertThat(rig.module.consents().grant(unproved).level()).isEqualTo(Level.BOUND);
        prove(ada);
        assertThat(rig.module.consents().grant(unproved).level()).isEqualTo(Level.BOUND);
        var proved = consent(login);
        assertThat(rig.module.consents().grant(proved).level()).isEqualTo(Level.BOUND_HARDWARE);
        trust(maker.withdrawn("root"), between.between());
        assertThat(rig.module.consents().grant(proved).level()).isEqualTo(Level.BOUND_HARDWARE);
    }

    private Consents.Request consent(Id credential) throws Exception {
        var terms =
                new Matter.Consent(
                        credential,
                        Purpose.LOGIN,
                        3,
                        rig.clock.instant().plus(Duration.ofMinutes(10)),
                        "ssh");
        var nonce = rig.module.challenges().issue(ada.owner.text(), "consent");
        var octets =
                ada.intent(new Approver.OnDevice(ada.owner, ada.device), nonce, terms).encode();
        return new Consents.Request(
                ada.caller(),
                credential,
                ada.jws(octets, ada.device.text()),
                ada.sealed(octets, Rig.PIN, rig.random(32)));
    }

    /// A device that has nothing better to do fills no journal.
    @Test
    void provedAgainIsProvedStillAndLeavesNoRecord() throws Exception {
        long before = records();
        prove(ada);
        var first = row(ada.device);
        assertThat(records()).isEqualTo(before + 1);
        for (int serial = SERIAL; serial < SERIAL + 20; serial++) {
            var statement = card.states(ada.key.getPublic(), serial);
            rig.module.proving().show(ada.caller(), statement, card.der());
        }
        assertThat(records()).isEqualTo(before + 1);
        assertThat(row(ada.device)).isEqualTo(first);
        assertThat(approve(ada, "again")).isEqualTo(Level.BOUND_HARDWARE);
    }

    /// Of what was refused too there is no record.
    @Test
    void refusedProofLeavesNoRecord() throws Exception {
        long before = records();
        var stranger = TestAuthority.root("maker").below("between").below("card");
        var statement = stranger.states(ada.key.getPublic(), SERIAL);
        for (int i = 0; i < 5; i++) {
            notProved(
                    "does not lead to a maker",
                    () -> rig.module.proving().show(ada.caller(), statement, stranger.der()));
        }
        assertThat(records()).isEqualTo(before);
    }

    private long records() throws Exception {
        try (var reader = rig.store.read()) {
            return reader.head().size();
        }
    }

    @Test
    void twoDevicesOnOneCardHaveOneMark() throws Exception {
        var second = rig.join(ada);
        prove(ada);
        prove(second);
        assertThat(row(second.device).mark()).isEqualTo(row(ada.device).mark());
        var third = rig.join(ada);
        rig.module
                .proving()
                .show(third.caller(), card.states(third.key.getPublic(), SERIAL + 1), card.der());
        assertThat(row(third.device).mark()).isNotEqualTo(row(ada.device).mark());
    }
}
