package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Hashes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Database, configuration and master key are stolen from a server in use (DESIGN §5.9). The thief
/// is a program in another language, written against the files alone. Where there is an HSM, the
/// thief has its module, its user PIN and the token's files, too.
class ThiefIT {
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

    private static Program.Ran steal(Installation.Made credential, String... more)
            throws Exception {
        return new Thief(installation, folder).steal(credential, more);
    }

    private static Path pins(String... pins) throws Exception {
        return Files.write(folder.resolve("pins"), List.of(pins));
    }

    /// What the token says at the end, where there is one.
    private static String last(String byToken) {
        return installation.hsm() == null ? "" : "; token: " + byToken;
    }

    private static void assertSigned(Installation.Made credential) throws Exception {
        new Thief(installation, folder).assertSigned(credential);
    }

    @Test
    void whoHasTheFilesSignsWithAManagedCredential() throws Exception {
        var thief = steal(managed);
        assertThat(thief.err()).isEmpty();
        assertThat(thief.out().strip())
                .isEqualTo(
                        "managed, signed: device slot: not needed; pin seal: not needed;"
                                + " outer: not needed; inner: opened"
                                + last("has the key"));
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
        assertThat(Thief.signature(folder)).doesNotExist();
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
        assertThat(Thief.signature(folder)).doesNotExist();
    }

    @Test
    void theShareWithTheRightPinInTheListSigns() throws Exception {
        var pins = pins("480214", "480216", "000000", OwnerDevice.PIN);
        var thief = steal(sealed, "--share", ada.shareFile().toString(), "--pins", pins.toString());
        assertThat(thief.err()).isEmpty();
        assertThat(thief.out().strip())
                .isEqualTo(
                        "owner-sealed, signed: device slot: opened; pin seal: opened; outer: opened;"
                                + " inner: opened"
                                + last("took the key in"));
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
