package dev.custodian.it.thief;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
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
    private static final String PIN = "480215";
    private static final byte[] MESSAGE = {'s', 't', 'o', 'l', 'e', 'n'};

    @TempDir private static Path folder;

    private static Path python;
    private static ServerProcess server;
    private static Owner ada;
    private static ServerProcess.Made managed;
    private static ServerProcess.Made sealed;

    @BeforeAll
    static void useServer() throws Exception {
        python = Program.python();
        server = ServerProcess.start(folder, ServerProcess.SHIPPED, List.of());
        ada = new Owner(folder.resolve("ada"), server.invite("Ada"), PIN, new SecureRandom());
        managed = server.credentials(ada.id(), "managed", "P-256").getFirst();
        sealed = server.credentials(ada.id(), "owner-sealed", "P-256").getFirst();
        // both have been used, with all that use leaves in the database
        for (var made : List.of(managed, sealed)) {
            ada.sign(
                    made.id(),
                    SignatureScheme.of(Scheme.ECDSA_SHA256),
                    Hashes.sha256(Bytes.utf8("before " + made.id())));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        ada.close();
        server.close();
    }

    private Program steal(ServerProcess.Made credential, String... more) throws Exception {
        var line = new ArrayList<String>();
        line.add(python.toString());
        line.add(Program.HOME.resolve("it/thief/thief.py").toString());
        line.addAll(List.of("--config", server.config().toString()));
        line.addAll(List.of("--master", server.masterKey().toString()));
        line.addAll(List.of("--credential", credential.id().text()));
        line.addAll(List.of("--digest", Hashes.sha256(Bytes.of(MESSAGE)).hex()));
        line.addAll(List.of("--out", signature().toString()));
        line.addAll(List.of(more));
        Files.deleteIfExists(signature());
        return Program.run(line);
    }

    private static Path signature() {
        return folder.resolve("signature");
    }

    private static Path pins(String... pins) throws Exception {
        return Files.write(folder.resolve("pins"), List.of(pins));
    }

    private static void assertSigned(ServerProcess.Made credential) throws Exception {
        var check = Signature.getInstance("SHA256withECDSA");
        check.initVerify(credential.certificate().getPublicKey());
        check.update(MESSAGE);
        assertThat(check.verify(Files.readAllBytes(signature()))).isTrue();
    }

    @Test
    void whoHasTheFilesSignsWithAManagedCredential() throws Exception {
        var thief = steal(managed);
        assertThat(thief.complained()).isEmpty();
        assertThat(thief.said())
                .isEqualTo(
                        "managed, signed: device slot: not needed; pin seal: not needed;"
                                + " outer: not needed; inner: opened");
        assertThat(thief.exit()).isZero();
        assertSigned(managed);
    }

    @Test
    void aBackupIsAsGoodAsTheDatabase() throws Exception {
        var backup = folder.resolve("backup.db");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + server.database());
                var statement = connection.createStatement()) {
            statement.execute("VACUUM INTO '" + backup + "'");
        }
        var thief = steal(managed, "--database", backup.toString());
        assertThat(thief.complained()).isEmpty();
        assertThat(thief.exit()).isZero();
        assertSigned(managed);
    }

    @Test
    void whoHasTheFilesDoesNotSignWithAnOwnerSealedCredential() throws Exception {
        var thief = steal(sealed, "--pins", pins(PIN).toString());
        assertThat(thief.complained()).isEmpty();
        assertThat(thief.said())
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
        assertThat(thief.complained()).isEmpty();
        assertThat(thief.said())
                .isEqualTo(
                        "owner-sealed, not signed: device slot: opened;"
                                + " pin seal: closed (3 PINs tried); outer: not reached; inner: closed");
        assertThat(thief.exit()).isOne();
        assertThat(signature()).doesNotExist();
    }

    @Test
    void theShareWithTheRightPinInTheListSigns() throws Exception {
        var pins = pins("480214", "480216", "000000", PIN);
        var thief = steal(sealed, "--share", ada.shareFile().toString(), "--pins", pins.toString());
        assertThat(thief.complained()).isEmpty();
        assertThat(thief.said())
                .isEqualTo(
                        "owner-sealed, signed: device slot: opened; pin seal: opened; outer: opened;"
                                + " inner: opened");
        assertThat(thief.exit()).isZero();
        assertSigned(sealed);
    }

    @Test
    void anotherDevicesShareOpensNoSlot() throws Exception {
        var other = Files.write(folder.resolve("other.share"), new byte[32]);
        var thief = steal(sealed, "--share", other.toString(), "--pins", pins(PIN).toString());
        assertThat(thief.said())
                .isEqualTo(
                        "owner-sealed, not signed: device slot: closed; pin seal: not reached;"
                                + " outer: not reached; inner: closed");
        assertThat(thief.exit()).isOne();
    }
}
