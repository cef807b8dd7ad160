package dev.custodian.server;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.Peppers;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.KeyFiles;
import dev.custodian.server.config.PrivateFile;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.MasterKey;
import dev.custodian.server.vault.Passphrase;
import dev.custodian.server.vault.Vaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.util.List;

/// Makes a data folder in which everything is new.
final class Setup {
    /// What was made.
    record Made(Path config, Bytes thumbprint) {}

    private Setup() {}

    /// @param vault the table `[vault]` of the configuration, without its header
    /// @param passphrase of the master key, where it is to be sealed
    static Made make(
            Path dir, String host, int port, String url, String vault, Passphrase passphrase)
            throws Refused {
        var folder = dir.toAbsolutePath().normalize();
        var file = folder.resolve("config.toml");
        var text = configText(host, port, url, vault, keys(passphrase));
        var config = Config.parse(file, text);
        makeFolder(folder);
        requireNew(file, config);
        var random = new SecureRandom();
        try {
            PrivateFile.create(config.identity(), KeyFiles.write(p256(random)));
            PrivateFile.create(
                    config.journal(),
                    KeyFiles.write(KeyPairGenerator.getInstance("Ed25519").generateKeyPair()));
            var tls = p256(random);
            var certificate = SelfSigned.certificate(tls, host, config.url(), Clock.systemUTC());
            PrivateFile.create(config.tls(), KeyFiles.write(tls.getPrivate(), certificate));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform of ours makes such keys", e);
        }
        if (config.hsm() == null) {
            MasterKey.create(config.master(), passphrase, random);
        }
        makeDatabase(config, passphrase, random);
        PrivateFile.create(file, text);
        return new Made(file, KeyFiles.read(config).thumbprint());
    }

    private static String keys(Passphrase passphrase) {
        var file = passphrase.file();
        return file == null
                ? "# passphrase = \"\""
                : "passphrase = " + Config.quote(file.toAbsolutePath().normalize().toString());
    }

    private static String configText(String host, int port, String url, String vault, String keys) {
        return """
        # What custodian-server runs with. A line that begins with # shows a default.

        # Where clients reach the server, https://host[:port]; empty for where it listens.
        url = %s

        [listen]
        host = %s
        # 0 takes any free port.
        port = %d

        [data]
        # Relative paths are taken from the folder of this file, those of keys from this folder.
        folder = "."

        [keys]
        # identity = "identity.pem"
        # journal = "journal.pem"
        # tls = "tls.pem"
        # master = "master.key"
        # file of the passphrase that it is sealed under, if it is; empty: asked for on the terminal
        %s

        [vault]
        %s

        [log]
        # json, or text for people
        # format = "json"
        # error, warn, info or debug
        # level = "info"

        [sessions]
        # What binds a token to its device: "dpop", a proof with each call; or "tls", the device key's own
        # certificate, where nothing between agent and server ends TLS.
        # binding = "dpop"

        [devices]
        # Folders that say whose TPMs and whose cards are trusted: devices are then asked for proof that their key is
        # in one. Filled by: custodian-server trust import.
        # tpm_roots = "trust/tpm"
        # piv_roots = "trust/piv"

        [recovery]
        # Hours between a right recovery code and the new device; meanwhile any device can stop it.
        # delay_hours = 72

        [service]
        # name = "Custodian"
        # region = "EU"
        # description = "Signs what an enrolled device approves."
        """
                .formatted(Config.quote(url), Config.quote(host), port, keys, vault);
    }

    private static void makeFolder(Path folder) throws Refused {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.USAGE, "The folder " + folder + " cannot be made.");
        }
    }

    private static void requireNew(Path file, Config config) throws Refused {
        var all =
                List.of(
                        file,
                        config.identity(),
                        config.journal(),
                        config.tls(),
                        config.master(),
                        config.database());
        for (var one : all) {
            if (Files.exists(one, LinkOption.NOFOLLOW_LINKS)) {
                throw new Refused(
                        FailureKind.USAGE,
                        one + " is there already and is not replaced: choose another folder.");
            }
        }
    }

    private static KeyPair p256(SecureRandom random) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }

    private static void makeDatabase(Config config, Passphrase passphrase, SecureRandom random)
            throws Refused {
        try (var store = SqliteStore.open(config.database())) {
            if (config.hsm() != null) {
                // The first pepper needs the keys that `hsm init` makes.
                return;
            }
            try (var vault = Vaults.open(config, passphrase, random);
                    var tx = store.begin()) {
                new Peppers(vault).make(tx, random, Clock.systemUTC().instant());
                tx.commit();
            }
        }
    }
}
