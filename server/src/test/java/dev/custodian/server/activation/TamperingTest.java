package dev.custodian.server.activation;

import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.journal.NewChange;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.OwnerRow;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Somebody who can write the database, but has no share and no PIN, changes rows: each change is
/// refused by name (DESIGN §5.4). The honest owner's request, which each test begins with, shows
/// that it would have worked.
class TamperingTest {
    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;
    private Id credential;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        ada = rig.enrol();
        credential = rig.credential(ada.owner, Custody.OWNER_SEALED);
        assertThat(ada.authorize(ada.request(credential, digest("control"))).level())
                .isEqualTo(Level.BOUND);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private void sql(String statement, Object... values) throws Exception {
        try (var connection =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + folder.resolve("custodian.db"));
                var prepared = connection.prepareStatement(statement)) {
            for (int i = 0; i < values.length; i++) {
                prepared.setObject(i + 1, values[i]);
            }
            assertThat(prepared.executeUpdate()).isPositive();
        }
    }

    private void refused(FailureKind kind) throws Exception {
        var request = ada.request(credential, digest("after"));
        assertThatThrownBy(() -> ada.authorize(request))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
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

    private CredentialRow row(Id id) throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.credential(id));
        }
    }

    @Test
    void anAddedDeviceIsRefused() throws Exception {
        var mallory = rig.new Agent();
        var honest = device(ada.device);
        rig.journal.write(
                (tx, _) -> {
                    tx.insertDevice(
                            new DeviceRow(
                                    mallory.device,
                                    ada.owner,
                                    honest.slot(),
                                    "",
                                    Bytes.of(mallory.key.getPublic().getEncoded()),
                                    honest.sharePublic(),
                                    honest.slotBox(),
                                    DeviceRow.State.ACTIVE,
                                    0,
                                    honest.notBefore(),
                                    honest.created()));
                    return true;
                });
        refused(FailureKind.TAMPERED);
    }

    @Test
    void aReplacedDeviceKeyIsRefused() throws Exception {
        var mallory = rig.new Agent();
        mallory.owner = ada.owner;
        mallory.device = ada.device;
        mallory.share = ada.share;
        sql(
                "UPDATE device SET spki = ? WHERE id = ?",
                mallory.key.getPublic().getEncoded(),
                ada.device.text());
        var request = mallory.request(credential, digest("after"));
        assertThatThrownBy(() -> mallory.authorize(request))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.kind()).isEqualTo(FailureKind.TAMPERED));
    }

    @Test
    void anOlderStateOfTheOwnersRowsIsRefused() throws Exception {
        // a later change record of the owner, as removing a device will write
        rig.journal.write(
                (tx, changes) ->
                        changes.append(
                                new NewChange(
                                        ada.owner,
                                        "remove-device",
                                        ada.device.text(),
                                        ada.device.text(),
                                        null,
                                        Map.of())));
        refused(FailureKind.TAMPERED);
    }

    @Test
    void twoOwnersRowsSwappedAreRefused() throws Exception {
        var bob = rig.enrol();
        var other = owner(bob.owner);
        sql(
                "UPDATE owner SET public_key = ?, public_key_mac = ?, pin_salt = ?, pin_seal = ?, factors_mac = ? WHERE id = ?",
                other.publicKey().toArray(),
                other.publicKeyMac().toArray(),
                other.pinSalt().toArray(),
                other.pinSeal().toArray(),
                other.factorsMac().toArray(),
                ada.owner.text());
        refused(FailureKind.FACTORS_REFUSED);
    }

    @Test
    void twoOwnersRowsSwappedWithTheirIdsAreRefused() throws Exception {
        var bob = rig.enrol();
        exchange("owner", "id", ada.owner, bob.owner);
        refused(FailureKind.FACTORS_REFUSED);
    }

    @Test
    void twoOwnersSwappedWithAllThatIsTheirsAreRefused() throws Exception {
        var bob = rig.enrol();
        var bobs = rig.credential(bob.owner, Custody.OWNER_SEALED);
        exchange("device", "owner", ada.owner, bob.owner);
        // whoever holds Ada's device is taken for Bob
        var mallory = rig.new Agent();
        mallory.owner = bob.owner;
        mallory.device = ada.device;
        mallory.share = ada.share;
        sql(
                "UPDATE device SET spki = ? WHERE id = ?",
                mallory.key.getPublic().getEncoded(),
                ada.device.text());
        var request = mallory.request(bobs, digest("after"));
        assertThatThrownBy(() -> mallory.authorize(request))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(FailureKind.FACTORS_REFUSED));
    }

    /// Every row that names one of two owners in this column names the other one afterwards.
    private void exchange(String table, String column, Id one, Id other) throws Exception {
        var update = "UPDATE " + table + " SET " + column + " = ? WHERE " + column + " = ?";
        sql(update, "between", one.text());
        sql(update, one.text(), other.text());
        sql(update, other.text(), "between");
    }

    @Test
    void aChangedPinSealIsRefused() throws Exception {
        sql("UPDATE owner SET pin_salt = ? WHERE id = ?", new byte[16], ada.owner.text());
        refused(FailureKind.FACTORS_REFUSED);
    }

    /// Whoever could change it would be given the next K.
    @Test
    void aChangedPublicHalfOfAShareIsRefused() throws Exception {
        var mallory = Slots.sharePublic(Secret.owning(new byte[32]));
        sql(
                "UPDATE device SET share_public = ? WHERE id = ?",
                mallory.toArray(),
                ada.device.text());
        refused(FailureKind.TAMPERED);
    }

    @Test
    void aSlotOfAnotherOwnersDeviceIsRefused() throws Exception {
        var bob = rig.enrol();
        sql(
                "UPDATE device SET slot_box = ? WHERE id = ?",
                device(bob.device).slotBox().toArray(),
                ada.device.text());
        refused(FailureKind.FACTORS_REFUSED);
    }

    @Test
    void anOwnersReplacedPublicKeyIsRefusedBeforeAnythingIsSealedToIt() throws Exception {
        var mallory = OwnerKey.generate(rig.random);
        sql(
                "UPDATE owner SET public_key = ? WHERE id = ?",
                mallory.publicKey().toArray(),
                ada.owner.text());
        assertThatThrownBy(() -> rig.credential(ada.owner, Custody.OWNER_SEALED))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.kind()).isEqualTo(FailureKind.TAMPERED));
    }

    @Test
    void aCredentialGivenToAnotherOwnerIsRefused() throws Exception {
        var bob = rig.enrol();
        sql("UPDATE credential SET owner = ? WHERE id = ?", bob.owner.text(), credential.text());
        var request = bob.request(credential, digest("after"));
        assertThatThrownBy(() -> bob.authorize(request))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.kind()).isEqualTo(FailureKind.TAMPERED));
    }

    @Test
    void aLoosenedPolicyIsRefused() throws Exception {
        sql(
                "UPDATE credential SET policy = ? WHERE id = ?",
                new Policy(Level.ASSERTED, 4000).encode().toArray(),
                credential.text());
        refused(FailureKind.TAMPERED);
    }

    @Test
    void aChangedPurposeIsRefused() throws Exception {
        sql(
                "UPDATE credential SET purpose = ? WHERE id = ?",
                Purpose.LOGIN.text(),
                credential.text());
        refused(FailureKind.INTENT_MISMATCH);
    }

    @Test
    void aKeyOfAnotherCredentialIsRefused() throws Exception {
        var other = rig.credential(ada.owner, Custody.OWNER_SEALED);
        sql(
                "UPDATE credential SET key = ? WHERE id = ?",
                row(other).key().toArray(),
                credential.text());
        refused(FailureKind.TAMPERED);
    }

    @Test
    void anOwnerSealedCredentialCalledManagedCannotBeSignedWith() throws Exception {
        sql(
                "UPDATE credential SET custody = ? WHERE id = ?",
                Custody.MANAGED.text(),
                credential.text());
        var authorized = ada.authorize(ada.request(credential, digest("after")));
        assertThatThrownBy(() -> ada.sign(credential, authorized, digest("after")))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.kind()).isEqualTo(FailureKind.VAULT_FAILED));
    }
}
