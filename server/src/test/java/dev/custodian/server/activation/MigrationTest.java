package dev.custodian.server.activation;

import static dev.custodian.server.activation.Rig.digest;
import static dev.custodian.server.activation.SwitchedVault.embedded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Origin;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.server.credential.KeyMove;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.ProofRow;
import dev.custodian.server.trust.DeviceTrust;
import dev.custodian.server.trust.TestAuthority;
import dev.custodian.server.vault.StandInHsm;
import dev.custodian.server.vault.Succession;
import dev.custodian.server.vault.Vault;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From the embedded vault to another one, whose part is played in memory.
class MigrationTest {
    private static final byte[] MASTER = new byte[32];
    private static final byte[] OTHER = new byte[32];

    static {
        new SecureRandom().nextBytes(MASTER);
        new SecureRandom().nextBytes(OTHER);
    }

    @TempDir Path folder;
    private final StandInHsm hsm = new StandInHsm("");
    private volatile Vault now = embedded(MASTER);
    private Rig rig;
    private Rig.Agent ada;
    private Id managed;
    private Id sealed;

    @BeforeEach
    void start() throws Exception {
        var switched = SwitchedVault.of(() -> now, _ -> {});
        rig = new Rig(folder, switched);
        ada = rig.enrol();
        managed = rig.credential(ada.owner, Custody.MANAGED);
        sealed = rig.credential(ada.owner, Custody.OWNER_SEALED);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void bothOpen() {
        now = new Succession(hsm, embedded(MASTER));
    }

    private KeyMove move() {
        return new KeyMove(rig.store, now);
    }

    private CredentialRow row(Id credential) throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.credential(credential));
        }
    }

    private List<Bytes> sign(Id credential, String word) throws Exception {
        var authorized = ada.authorize(ada.request(credential, digest(word)));
        return ada.sign(credential, authorized, digest(word));
    }

    private void refused(FailureKind kind, Id credential) throws Exception {
        var authorized = ada.authorize(ada.request(credential, digest("refused")));
        assertThatThrownBy(() -> ada.sign(credential, authorized, digest("refused")))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    private void wrongPin() throws Exception {
        var wrong = ada.request("000000", sealed, digest("wrong"));
        assertThatThrownBy(() -> ada.authorize(wrong))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(FailureKind.FACTORS_REFUSED));
    }

    private int failures() throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.owner(ada.owner)).failures();
        }
    }

    @Test
    void withoutTheFormerVaultNothingOfItOpensAndThatIsSaid() throws Exception {
        now = hsm;
        try (var reader = rig.store.read()) {
            var peppers = new Peppers(now);
            assertThatThrownBy(() -> peppers.requireOurs(reader))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> {
                                assertThat(refused.kind()).isEqualTo(FailureKind.CONFIG_WRONG);
                                assertThat(refused.detail()).contains("former = \"embedded\"");
                            });
        }
        assertThatThrownBy(() -> move().run()).isInstanceOf(Refused.class);
        bothOpen();
        try (var reader = rig.store.read()) {
            new Peppers(now).requireOurs(reader);
        }
        assertThat(sign(sealed, "nothing was begun")).hasSize(1);
    }

    @Test
    void managedKeyAndServersSecretsMoveAtOnce() throws Exception {
        var resting = row(sealed);
        bothOpen();
        var moved = move().run();
        assertThat(moved.keys()).isEqualTo(1);
        assertThat(moved.secrets()).as("a pepper and a MAC").isEqualTo(2);
        assertThat(moved.left())
                .singleElement()
                .satisfies(
                        left -> {
                            assertThat(left.credential()).isEqualTo(sealed);
                            assertThat(left.obstacle()).isEmpty();
                        });
        assertThat(row(sealed)).isEqualTo(resting);
        assertThat(row(managed).vault()).isEqualTo("hsm");
        assertThat(row(managed).origin()).isEqualTo(Origin.EMBEDDED);
        now = hsm;
        assertThat(sign(managed, "without the master key")).hasSize(1);
        var key = row(managed);
        try (var former = embedded(MASTER)) {
            assertThatThrownBy(() -> former.renew(key.innerKey(key.key()), Custody.MANAGED))
                    .hasMessageContaining("another vault");
        }
        assertThat(hsm.keys()).isEqualTo(1);
    }

    @Test
    void proofOfHardwareMovesTooAndAChangedOneStopsTheMove() throws Exception {
        DeviceRow device;
        try (var reader = rig.store.read()) {
            device = reader.devices(ada.owner).getFirst();
        }
        var bare =
                new ProofRow(
                        device.id(),
                        ProofKind.PIV,
                        1,
                        digest("mark"),
                        digest("root"),
                        Instant.EPOCH,
                        Bytes.EMPTY);
        var proved = new Hardware(now, DeviceTrust.none(Clock.systemUTC())).sealed(device, bare);
        put(bare.withMac(digest("forged")));
        bothOpen();
        assertThatThrownBy(() -> move().run())
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.kind()).isEqualTo(FailureKind.TAMPERED));
        put(proved);
        move().run();
        now = hsm;
        try (var reader = rig.store.read()) {
            var moved = Objects.requireNonNull(reader.factors().proof(device.id()));
            assertThat(moved.mac()).isNotEqualTo(proved.mac());
            assertThat(moved.withMac(proved.mac())).isEqualTo(proved);
        }
        assertThat(sign(managed, "by a device that was proved before")).hasSize(1);
    }

    /// A withdrawal ends a proof also when the vault that it was given under is gone.
    @Test
    void proofOfHardwareIsJudgedByTodaysRootsAfterTheMove() throws Exception {
        var maker = TestAuthority.root("maker");
        var card = maker.below("card");
        trust(maker.trusted());
        var proving = rig.module.proving();
        proving.show(ada.caller(), card.states(ada.key.getPublic(), 7), card.der());
        bothOpen();
        move().run();
        now = hsm;
        assertThat(proving.verdicts(ada.owner))
                .containsEntry(ada.device, DeviceVerdict.HARDWARE_PROVED);
        trust(maker.trusted(), card.withdrawn("intermediate"));
        assertThat(proving.verdicts(ada.owner)).isEmpty();
        trust(maker.trusted());
        assertThat(proving.verdicts(ada.owner)).isNotEmpty();
        trust(maker.withdrawn("root"));
        assertThat(proving.verdicts(ada.owner)).isEmpty();
    }

    private void trust(TestAuthority.Line... lines) throws Exception {
        TestAuthority.write(folder.resolve("piv"), lines);
        rig.clock.pass(Duration.ofSeconds(30));
    }

    private void put(ProofRow proof) throws Exception {
        rig.journal.write(
                (tx, _) -> {
                    tx.factors().putProof(proof);
                    return true;
                });
    }

    @Test
    void sealedKeyMovesWhenItsOwnerApprovesAndNoPinIsLost() throws Exception {
        wrongPin();
        int before = failures();
        assertThat(before).isEqualTo(1);
        bothOpen();
        var _ = move().run();
        assertThat(failures()).isEqualTo(before);
        wrongPin();
        assertThat(failures()).isEqualTo(2);
        assertThat(sign(sealed, "one")).hasSize(1);
        assertThat(failures()).isZero();
        assertThat(row(sealed).vault()).isEqualTo("hsm");
        assertThat(move().left()).isEmpty();
        now = hsm;
        assertThat(sign(sealed, "two")).hasSize(1);
        assertThat(row(sealed).origin()).isEqualTo(Origin.EMBEDDED);
        assertThat(hsm.keys()).isEqualTo(2);
    }

    @Test
    void whatWasApprovedBeforeSignsAfter() throws Exception {
        var one = ada.authorize(ada.request(managed, digest("one")));
        var two = ada.authorize(ada.request(sealed, digest("two")));
        bothOpen();
        var _ = move().run();
        assertThat(sign(sealed, "between")).hasSize(1);
        assertThat(ada.sign(managed, one, digest("one"))).hasSize(1);
        assertThat(ada.sign(sealed, two, digest("two"))).hasSize(1);
    }

    @Test
    void newKeyIsTheNewestVaults() throws Exception {
        bothOpen();
        var made = rig.credential(ada.owner, Custody.OWNER_SEALED);
        var _ = move().run();
        assertThat(row(made).origin()).isEqualTo(Origin.HSM);
        now = hsm;
        assertThat(row(made).vault()).isEqualTo("hsm");
        assertThat(sign(made, "without the master key")).hasSize(1);
    }

    @Test
    void runThatWasInterruptedIsRepeated() throws Exception {
        var second = rig.credential(ada.owner, Custody.MANAGED);
        bothOpen();
        hsm.room(1);
        var half = move().run();
        assertThat(half.keys()).isEqualTo(1);
        assertThat(half.left())
                .filteredOn(left -> left.custody() == Custody.MANAGED)
                .singleElement()
                .satisfies(left -> assertThat(left.obstacle()).isEqualTo("the token is full"));
        assertThat(sign(managed, "one")).hasSize(1);
        assertThat(sign(second, "two")).hasSize(1);
        hsm.room(2);
        assertThat(move().run().keys()).isEqualTo(1);
        assertThat(move().run().secrets()).isZero();
        now = hsm;
        assertThat(sign(managed, "three")).hasSize(1);
        assertThat(sign(second, "four")).hasSize(1);
    }

    @Test
    void sealedKeyThatCannotMoveIsNamedAndStillSigns() throws Exception {
        var resident = new StandInHsm("the module lacks CKM_AES_KEY_WRAP_KWP");
        now = new Succession(resident, embedded(MASTER));
        var moved = move().run();
        assertThat(moved.keys()).isEqualTo(1);
        assertThat(moved.left())
                .singleElement()
                .satisfies(
                        left -> {
                            assertThat(left.credential()).isEqualTo(sealed);
                            assertThat(left.obstacle()).contains("CKM_AES_KEY_WRAP_KWP");
                        });
        var before = row(sealed);
        assertThat(sign(sealed, "one")).hasSize(1);
        assertThat(row(sealed)).isEqualTo(before);
        assertThat(resident.keys()).isEqualTo(1);
    }

    @Test
    void wrongFormerKeyMovesNothingAndIsSaid() throws Exception {
        now = new Succession(hsm, embedded(OTHER));
        assertThatThrownBy(() -> move().run()).isInstanceOf(Refused.class);
        assertThat(row(managed).vault()).isEqualTo("embedded");
        bothOpen();
        try (var tx = rig.store.begin()) {
            var _ = new Peppers(now).rewrap(tx);
            var owner = Objects.requireNonNull(tx.owner(ada.owner));
            tx.updateOwner(
                    owner.withPublicKeyMac(
                            OwnerSeal.publicKeyMac(hsm, owner.id(), owner.publicKey())));
            tx.commit();
        }
        now = new Succession(hsm, embedded(OTHER));
        var moved = move().run();
        assertThat(moved.keys()).isZero();
        assertThat(moved.left())
                .filteredOn(left -> left.custody() == Custody.MANAGED)
                .singleElement()
                .satisfies(
                        left ->
                                assertThat(left.obstacle())
                                        .contains("the master key ", " is not there"));
        refused(FailureKind.VAULT_FAILED, managed);
        bothOpen();
        assertThat(move().run().keys()).isEqualTo(1);
    }

    @Test
    void ownersKeyThatWasSwappedGetsNoMacOfTheNewestVault() throws Exception {
        try (var tx = rig.store.begin()) {
            var owner = Objects.requireNonNull(tx.owner(ada.owner));
            tx.updateOwner(owner.withPublicKeyMac(Bytes.of(new byte[32])));
            tx.commit();
        }
        bothOpen();
        assertThatThrownBy(() -> move().run())
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.kind()).isEqualTo(FailureKind.TAMPERED));
        assertThat(row(managed).vault()).isEqualTo("embedded");
    }
}
