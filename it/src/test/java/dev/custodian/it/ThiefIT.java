package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Hashes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Database, configuration and master key are stolen from a server in use (DESIGN §5.9). The thief
/// is a program in another language, written against the files alone.
class ThiefIT {
    private static final byte[] MESSAGE = {'s', 't', 'o', 'l', 'e', 'n'};

    @TempDir private static Path folder;

    private static Installation installation;
    private static Serving server;
    private static OwnerDevice ada;
    private static Installation.Made managed;
    private static Installation.Made sealed;

    @BeforeAll
    static void useServer() throws Exception {
        installation = Installation.in(folder);
        server = installation.serve();
        ada = OwnerDevice.enrol(installation.invite(server.url()), folder.resolve("ada"));
        managed = made(Custody.MANAGED);
        sealed = made(Custody.OWNER_SEALED);
        // both have been used, with all that use leaves in the database
        try (var session = ada.session()) {
            for (var made : List.of(managed, sealed)) {
                var digest = Hashes.sha256(Bytes.utf8("before " + made.id()));
                ada.sign(session, made.id(), OwnerDevice.PIN, digest);
            }
        }
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static Installation.Made made(Custody custody) throws Exception {
        return installation.credentials(custody, ada.owner(), "P-256").getFirst();
    }

    private Program.Ran steal(Installation.Made credential, String... more) throws Exception {
        var line = new ArrayList<String>();
        line.add(Program.HOME.resolve("it/thief/thief.py").toString());
        line.addAll(List.of("--config", installation.config().toString()));
        line.addAll(List.of("--master", installation.masterKey().toString()));
        line.addAll(List.of("--credential", credential.id().text()));
        line.addAll(List.of("--digest", Hashes.sha256(Bytes.of(MESSAGE)).hex()));
        line.addAll(List.of("--out", signature().toString()));
        line.addAll(List.of(more));
        Files.deleteIfExists(signature());
        return Program.python("python", line.toArray(String[]::new));
    }

    private static Path signature() {
        return folder.resolve("signature");
    }

    private static Path pins(String... pins) throws Exception {
        return Files.write(folder.resolve("pins"), List.of(pins));
    }

    private static void assertSigned(Installation.Made credential) throws Exception {
        var check = Signature.getInstance("SHA256withECDSA");
        check.initVerify(credential.certificate().getPublicKey());
        check.update(MESSAGE);
        assertThat(check.verify(Files.readAllBytes(signature()))).isTrue();
    }

    @Test
    void whoHasTheFilesSignsWithAManagedCredential() throws Exception {
        var thief = steal(managed);
        assertThat(thief.err()).isEmpty();
        assertThat(thief.out().strip())
                .isEqualTo(
                        "managed, signed: device slot: not needed; pin seal: not needed;"
                                + " outer: not needed; inner: opened");
        assertThat(thief.exit()).isZero();
        assertSigned(managed);
    }

    @Test
    void aBackupIsAsGoodAsTheDatabase() throws Exception {
        var backup = folder.resolve("backup.db");
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + installation.database());
                var statement = connection.createStatement()) {
            statement.execute("VACUUM INTO '" + backup + "'");
        }
        var thief = steal(managed, "--database", backup.toString());
        assertThat(thief.err()).isEmpty();
        assertThat(thief.exit()).isZero();
        assertSigned(managed);
    }

    @Test
    void whoHasTheFilesDoesNotSignWithAnOwnerSealedCredential() throws Exception {
        var thief = steal(sealed, "--pins", pins(OwnerDevice.PIN).toString());
        assertThat(thief.err()).isEmpty();
        assertThat(thief.out().strip())
                .isEqualTo(
                        "owner-sealed, not signed: device slot: closed (no share);"
                                + " pin seal: closed (no share); outer: not reached; inner: closed");
        assertThat(thief.exit()).isOne();
        assertThat(signature()).doesNotExist();
    }

    @Test
    void theShareWithoutThePinDoesNotSign() throws Exception {
        var pins = pins("480214", "480216", "000000");
        var thief = steal(sealed, "--share", ada.shareFile().toString(), "--pins", pins.toString());
        assertThat(thief.err()).isEmpty();
        assertThat(thief.out().strip())
                .isEqualTo(
                        "owner-sealed, not signed: device slot: opened;"
                                + " pin seal: closed (3 PINs tried); outer: not reached; inner: closed");
        assertThat(thief.exit()).isOne();
        assertThat(signature()).doesNotExist();
    }

    @Test
    void theShareWithTheRightPinInTheListSigns() throws Exception {
        var pins = pins("480214", "480216", "000000", OwnerDevice.PIN);
        var thief = steal(sealed, "--share", ada.shareFile().toString(), "--pins", pins.toString());
        assertThat(thief.err()).isEmpty();
        assertThat(thief.out().strip())
                .isEqualTo(
                        "owner-sealed, signed: device slot: opened; pin seal: opened; outer: opened;"
                                + " inner: opened");
        assertThat(thief.exit()).isZero();
        assertSigned(sealed);
    }

    @Test
    void anotherDevicesShareOpensNoSlot() throws Exception {
        var other = Files.write(folder.resolve("other.share"), new byte[32]);
        var thief =
                steal(
                        sealed,
                        "--share",
                        other.toString(),
                        "--pins",
                        pins(OwnerDevice.PIN).toString());
        assertThat(thief.out().strip())
                .isEqualTo(
                        "owner-sealed, not signed: device slot: closed; pin seal: not reached;"
                                + " outer: not reached; inner: closed");
        assertThat(thief.exit()).isOne();
    }
}
