package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.it.Installation;
import dev.custodian.it.OwnerDevice;
import dev.custodian.it.Program;
import dev.custodian.it.Recipe;
import dev.custodian.it.Thief;
import dev.custodian.server.config.PrivateFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.Signature;
import java.sql.DriverManager;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An installation moves from the embedded vault into SoftHSM by the commands of
/// `docs/how-to/move-to-an-hsm.md`.
class MigrationIT {
    private static final Pattern TABLE =
            Pattern.compile(
                    "^```toml\n\\[vault\\]\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir private Path folder;
    private Hsm hsm;
    private Installation before;
    private OwnerDevice ada;
    private Installation.Made managed;
    private Installation.Made sealed;

    @BeforeEach
    void makeInstallation() throws Exception {
        hsm = Hsm.softHsm(folder);
        before = Installation.embedded(folder);
        try (var server = before.serve()) {
            ada = OwnerDevice.enrol(before.invite(server.url()), folder.resolve("ada"));
            managed = make(Custody.MANAGED);
            sealed = make(Custody.OWNER_SEALED);
            sign(managed, OwnerDevice.PIN);
            sign(sealed, OwnerDevice.PIN);
            wrongPin();
        }
    }

    private Installation.Made make(Custody custody) throws Exception {
        return before.credentials(custody, Purpose.DOCUMENT, ada.owner(), "P-256").getFirst();
    }

    private void sign(Installation.Made with, String pin) throws Exception {
        var words = Bytes.utf8("signed by " + with.id());
        try (var session = ada.session()) {
            var signed = ada.sign(session, with.id(), pin, Hashes.sha256(words));
            assertThat(verifies(with.certificate().getPublicKey(), words, signed.signatures()))
                    .isTrue();
        }
    }

    private static boolean verifies(PublicKey key, Bytes words, List<Bytes> signatures)
            throws Exception {
        var check = Signature.getInstance("SHA256withECDSA");
        check.initVerify(key);
        check.update(words.toArray());
        return check.verify(signatures.getFirst().toArray());
    }

    private void wrongPin() {
        assertThatThrownBy(() -> sign(sealed, "480214"))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(FailureKind.FACTORS_REFUSED));
    }

    private String stored(String query, String id) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + before.database());
                var asked = connection.prepareStatement(query)) {
            asked.setString(1, id);
            try (var row = asked.executeQuery()) {
                assertThat(row.next()).isTrue();
                return row.getString(1);
            }
        }
    }

    private String keptIn(Installation.Made key) throws Exception {
        return stored(
                "SELECT vault || ' ' || mechanism || ' ' || origin FROM credential WHERE id = ?",
                key.id().text());
    }

    private String failures() throws Exception {
        return stored("SELECT failures FROM owner WHERE id = ?", ada.owner().text());
    }

    /// The folder in which the page's commands are typed.
    private void layOut() throws Exception {
        Files.createSymbolicLink(
                folder.resolve("sign"), before.config().resolveSibling("").getFileName());
        var program = Program.HOME.resolve("custodian-server");
        var typed = folder.resolve("custodian-server");
        Files.writeString(typed, "#!/bin/sh\nexec '%s' \"$@\"\n".formatted(program));
        assertThat(typed.toFile().setExecutable(true)).isTrue();
        PrivateFile.create(before.config().resolveSibling("hsm.pin"), hsm.pin() + "\n");
        PrivateFile.create(folder.resolve("officer.pin"), hsm.officerPin() + "\n");
    }

    private static String table() throws Exception {
        var page = Files.readString(Program.HOME.resolve("docs/how-to/move-to-an-hsm.md"));
        var table = TABLE.matcher(page);
        assertThat(table.find()).isTrue();
        return table.group(1);
    }

    @Test
    void keysAndPinsMoveAndTheMasterKeyIsPutAway() throws Exception {
        var formerConfig = before.config().resolveSibling("former.toml");
        Files.copy(before.config(), formerConfig);
        var thief = new Thief(before, folder);
        assertThat(thief.steal(managed).said()).contains("managed, signed", "inner: opened");
        layOut();
        var after = before.movingTo(hsm, table());
        var moved = Recipe.of("move-to-an-hsm").run(folder, after.environment(), false).orFail();
        assertThat(moved.out())
                .contains("Moved into the HSM: 1 managed keys, and 2 secrets of the server.")
                .contains("1 left in a former form:\n" + sealed.id())
                .doesNotContain(managed.id().text(), "cannot move");
        assertThat(keptIn(managed)).isEqualTo("hsm resident embedded");
        assertThat(keptIn(sealed)).startsWith("embedded ");
        assertThat(failures()).as("wrong PINs, counted before").isEqualTo("1");
        assertThat(thief.steal(managed, "--config", formerConfig.toString()).said())
                .contains("managed, not signed", "inner: closed");

        try (var _ = after.serve()) {
            sign(managed, OwnerDevice.PIN);
            assertThat(failures()).isEqualTo("0");
            sign(sealed, OwnerDevice.PIN);
        }
        assertThat(keptIn(sealed)).isEqualTo("hsm AES_KEY_WRAP_PAD embedded");

        Files.move(before.masterKey(), folder.resolve("put-away"));
        after.configure("former = \"embedded\"", "former = \"none\"");
        try (var _ = after.serve()) {
            sign(managed, OwnerDevice.PIN);
            sign(sealed, OwnerDevice.PIN);
        }
    }

    /// A token that makes no room: without the officer's PIN it got no wrapping key.
    @Test
    void managedKeyThatHasNoPlaceStaysAndTheExitCodeSaysSo() throws Exception {
        layOut();
        var after = before.movingTo(hsm, table() + "resident_keys = 0\n");
        var config = after.config().toString();
        Program.server(after.environment(), "hsm", "init", "--config", config).orFail();
        var stayed = Program.server(after.environment(), "vault", "migrate", "--config", config);
        assertThat(stayed.exit()).isEqualTo(1);
        assertThat(stayed.out())
                .contains(
                        "Moved into the HSM: 0 managed keys, ",
                        "2 left in a former form:\n",
                        managed.id().text(),
                        "  cannot move: hsm init made no wrapping key");
        assertThat(keptIn(managed)).startsWith("embedded ");
        try (var _ = after.serve()) {
            sign(managed, OwnerDevice.PIN);
        }

        after.configure("resident_keys = 0", "resident_keys = 1");
        var moved = Program.server(after.environment(), "vault", "migrate", "--config", config);
        assertThat(moved.exit()).isZero();
        assertThat(moved.out()).contains("Moved into the HSM: 1 managed keys, ", "1 left");
        assertThat(keptIn(managed)).isEqualTo("hsm resident embedded");
        try (var _ = after.serve()) {
            sign(managed, OwnerDevice.PIN);
        }
    }
}
