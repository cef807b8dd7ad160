package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.X25519;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.activation.OwnerSeal;
import dev.custodian.server.activation.Peppers;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.PrivateFile;
import dev.custodian.server.credential.KeyMove;
import dev.custodian.server.credential.Registrar;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.FolderLock;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.vault.MasterKey;
import dev.custodian.server.vault.Passphrase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(AudibleLog.class)
class VaultCommandTest {
    private static final Id OWNER = Id.of(Id.Kind.OWNER, Bytes.of(new byte[16]));

    @TempDir Path parent;
    private Path folder;
    private Config config;
    private Id managed;
    private Id sealed;

    private record Ran(int code, String out, String err) {}

    private Ran run(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Ran(code, out.toString(), err.toString());
    }

    private Ran vault(String command) {
        return run("vault", command, "--config", folder.resolve("config.toml").toString());
    }

    @BeforeEach
    void makeServer() throws Exception {
        folder = parent.resolve("server");
        assertThat(run("init", "--dir", folder.toString()).code).isZero();
        config = Config.read(folder.resolve("config.toml"));
        var random = new SecureRandom();
        var scalar = new byte[X25519.SIZE];
        random.nextBytes(scalar);
        try (var foundation = Foundation.open(config);
                var secret = Secret.owning(scalar);
                var journal = foundation.journal()) {
            var parts = foundation.parts();
            var publicKey = X25519.publicOf(X25519.privateKey(secret));
            try (var tx = parts.store().begin()) {
                tx.insertOwner(
                        new OwnerRow(
                                OWNER,
                                "Ada",
                                publicKey,
                                OwnerSeal.publicKeyMac(parts.vault(), OWNER, publicKey),
                                1,
                                Bytes.EMPTY,
                                Bytes.EMPTY,
                                Bytes.EMPTY,
                                0,
                                Instant.EPOCH,
                                Instant.EPOCH));
                tx.commit();
            }
            var registrar =
                    new Registrar(
                            parts.store(), journal, parts.vault(), parts.clock(), parts.random());
            managed = registrar.create(order(Custody.MANAGED)).credential();
            sealed = registrar.create(order(Custody.OWNER_SEALED)).credential();
        }
    }

    private static Registrar.Order order(Custody custody) {
        return new Registrar.Order(
                OWNER,
                Purpose.DOCUMENT,
                custody,
                KeyAlgorithm.P256,
                new Policy(Level.BOUND, 100),
                "CN=Ada");
    }

    private CredentialRow row(Id credential) throws Exception {
        try (var foundation = Foundation.open(config);
                var reader = foundation.parts().store().read()) {
            return Objects.requireNonNull(reader.credential(credential));
        }
    }

    /// That the server's secrets open and owner-sealed credentials can be made.
    private void requireWorks() throws Exception {
        try (var foundation = Foundation.open(config);
                var journal = foundation.journal()) {
            var parts = foundation.parts();
            try (var reader = parts.store().read()) {
                new Peppers(parts.vault()).requireOurs(reader);
            }
            var registrar =
                    new Registrar(
                            parts.store(), journal, parts.vault(), parts.clock(), parts.random());
            assertThat(registrar.create(order(Custody.OWNER_SEALED)).request()).isNotNull();
        }
    }

    @Test
    void rotationWhileTheServerRunsChangesNothing() throws Exception {
        try (var _ = FolderLock.take(folder)) {
            var ran = vault("rotate");
            assertThat(ran.code).isEqualTo(4);
            assertThat(ran.err).contains("stop the server first");
        }
        assertThat(folder.resolve("master.key.1")).doesNotExist();
    }

    @Test
    void rotationMovesWhatNeedsNoOwnerAndListsTheRest() throws Exception {
        var before = row(sealed);
        var former = Files.readAllBytes(folder.resolve("master.key"));
        var ran = vault("rotate");
        assertThat(ran.code).as(ran.err).isZero();
        assertThat(ran.out).contains("master.key.1", sealed.text(), "1 left in a former form");
        assertThat(ran.out).doesNotContain(managed.text());
        assertThat(row(sealed)).isEqualTo(before);
        assertThat(Files.readAllBytes(folder.resolve("master.key"))).isEqualTo(former);
        assertThat(vault("left").out).contains(sealed.text()).doesNotContain(managed.text());
        requireWorks();
        // Whoever loses the former key loses what is left under it, and nothing else.
        Files.delete(folder.resolve("master.key"));
        requireWorks();
        try (var foundation = Foundation.open(config)) {
            var row = row(managed);
            var vault = foundation.parts().vault();
            assertThat(vault.isNewest(row.vault(), row.keyId(), row.mechanism())).isTrue();
        }
    }

    @Test
    void managedKeyThatDoesNotMoveIsNamedAndTheExitCodeSaysSo() throws Exception {
        var whole = row(managed);
        var broken = Bytes.of(new byte[whole.key().size()]);
        replaceKey(whole, broken);
        var ran = vault("rotate");
        assertThat(ran.code).isEqualTo(1);
        assertThat(ran.out)
                .contains(
                        "2 left in a former form", managed.text(), sealed.text(), "cannot move: ");
        replaceKey(row(managed), whole.key());
        var again = vault("rotate");
        assertThat(again.code).isZero();
        assertThat(again.out).doesNotContain(managed.text(), "cannot move");
    }

    private void replaceKey(CredentialRow row, Bytes by) throws Exception {
        try (var foundation = Foundation.open(config);
                var tx = foundation.parts().store().begin()) {
            assertThat(tx.replaceKey(row, row.innerKey(row.key()), by)).isTrue();
            tx.commit();
        }
    }

    @Test
    void rotationThatWasInterruptedIsFinishedByTheNext() throws Exception {
        assertThat(MasterKey.add(config.master(), Passphrase.in(null), new SecureRandom()))
                .isEqualTo(folder.resolve("master.key.1"));
        Files.write(folder.resolve("master.key.draft"), new byte[7]);
        requireWorks();
        assertThat(vault("left").out).contains(managed.text(), sealed.text());
        var ran = vault("rotate");
        assertThat(ran.out).contains("Finished", sealed.text()).doesNotContain(managed.text());
        assertThat(folder.resolve("master.key.2")).doesNotExist();
        assertThat(vault("rotate").out).contains("master.key.2");
        requireWorks();
    }

    private static final String WORDS = "plover vetch saltmarsh";

    @Test
    void installationUnderAPassphraseRotatesAndKeepsIt() throws Exception {
        var words = parent.resolve("passphrase");
        PrivateFile.create(words, WORDS);
        folder = parent.resolve("sealed");
        var made = run("init", "--dir", folder.toString(), "--passphrase-file", words.toString());
        assertThat(made.code).as(made.err).isZero();
        assertThat(made.out).contains("Without master.key and its passphrase");
        config = Config.read(folder.resolve("config.toml"));
        assertThat(vault("rotate").code).isZero();
        for (var name : List.of("master.key", "master.key.1")) {
            assertThat(Files.size(folder.resolve(name))).isEqualTo(97);
        }
        requireOpens();
        Files.writeString(words, "plover vetch");
        var wrong = vault("left");
        assertThat(wrong.code).isEqualTo(3);
        assertThat(wrong.err)
                .contains("The passphrase is not the one of ")
                .doesNotContain("plover");
        Files.delete(words);
        assertThat(vault("left").err).contains(words + " cannot be read");
        var file = folder.resolve("config.toml");
        Files.writeString(file, Files.readString(file).replaceAll("(?m)^passphrase = .*$", ""));
        assertThat(vault("rotate").err).contains("asked for on a terminal, and there is none");
        assertThat(folder.resolve("master.key.2")).doesNotExist();
    }

    private void requireOpens() throws Exception {
        try (var foundation = Foundation.open(config);
                var reader = foundation.parts().store().read()) {
            new Peppers(foundation.parts().vault()).requireOurs(reader);
            assertThat(reader.newestPepper()).isNotNull();
        }
    }

    @Test
    void bareMasterKeyIsSucceededByASealedOne() throws Exception {
        var words = folder.resolve("passphrase");
        PrivateFile.create(words, WORDS);
        var file = folder.resolve("config.toml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("# passphrase = \"\"", "passphrase = \"passphrase\""));
        assertThat(vault("rotate").code).isZero();
        assertThat(Files.size(folder.resolve("master.key.1"))).isEqualTo(97);
        Files.delete(folder.resolve("master.key"));
        config = Config.read(file);
        requireWorks();
    }

    @Test
    void passphraseIsForTheEmbeddedVaultAndFromOnePlace() throws Exception {
        for (var other : List.of("--passphrase", "--hsm-module=none.so")) {
            var ran = run("init", "--dir", parent + "/x", "--passphrase-file", "none", other);
            assertThat(ran.err).contains("only one of them");
        }
        assertThat(run("init", "--dir", parent + "/x", "--passphrase").err)
                .contains("asked for on a terminal, and there is none");
        assertThat(run("init", "--dir", parent + "/y", "--passphrase-file", parent + "/no").err)
                .contains("/no cannot be read");
    }

    @Test
    void keyOfAnotherInstallationIsNamedAtOnce() throws Exception {
        var master = folder.resolve("master.key");
        Files.delete(master);
        MasterKey.create(master, Passphrase.in(null), new SecureRandom());
        for (var command : List.of("rotate", "left")) {
            var ran = vault(command);
            assertThat(ran.code).isEqualTo(3);
            assertThat(ran.err).contains("the database was made with another vault, or another");
        }
        assertThat(folder.resolve("master.key.1")).doesNotExist();
    }

    @Test
    void migrationNeedsAnHsmAndTheVaultBefore() throws Exception {
        var ran = vault("migrate");
        assertThat(ran.code).isEqualTo(3);
        assertThat(ran.err).contains("kind = \"hsm\" and former = \"embedded\"");
        var file = folder.resolve("config.toml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace(
                                "# kind = \"embedded\"",
                                """
                                kind = "hsm"
                                module = "none.so"
                                token = "vault"
                                pin = "hsm.pin"
                                former = "embedded"
                                """));
        Files.delete(folder.resolve("master.key"));
        var missing = vault("migrate");
        assertThat(missing.code).isEqualTo(3);
        assertThat(missing.err).contains("vault.former: ", "master.key cannot be read");
    }

    @Test
    void ownersKeyThatWasSwappedGetsNoNewMac() throws Exception {
        try (var foundation = Foundation.open(config);
                var tx = foundation.parts().store().begin()) {
            var owner = Objects.requireNonNull(tx.owner(OWNER));
            tx.updateOwner(owner.withPublicKeyMac(Bytes.of(new byte[32])));
            tx.commit();
        }
        var ran = vault("rotate");
        assertThat(ran.code).isNotZero();
        assertThat(ran.err).contains(OWNER.text());
        try (var foundation = Foundation.open(config)) {
            var parts = foundation.parts();
            assertThat(new KeyMove(parts.store(), parts.vault()).left())
                    .as("nothing was begun")
                    .isEmpty();
        }
    }

    @Test
    void masterKeyThatOthersMayReadIsRefusedWhicheverItIs() throws Exception {
        assertThat(vault("rotate").code).isZero();
        Files.setPosixFilePermissions(
                folder.resolve("master.key.1"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(vault("left").code).isEqualTo(3);
    }
}
