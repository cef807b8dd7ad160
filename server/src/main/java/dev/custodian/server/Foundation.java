package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.Peppers;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.KeyFiles;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.Passphrase;
import dev.custodian.server.vault.Vault;
import dev.custodian.server.vault.Vaults;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.function.UnaryOperator;

/// Keys, vault and store as a configuration names them, open until this is closed.
final class Foundation implements AutoCloseable {
    private final KeyFiles keys;
    private final Vault vault;
    private final Parts parts;

    private Foundation(KeyFiles keys, Vault vault, Parts parts) {
        this.keys = keys;
        this.vault = vault;
        this.parts = parts;
    }

    /// Opens what `init` has made.
    static Foundation open(Config config) throws Refused {
        try (var passphrase = Passphrase.of(config)) {
            return open(config, passphrase);
        }
    }

    /// @param passphrase stays the caller's
    static Foundation open(Config config, Passphrase passphrase) throws Refused {
        if (!Files.exists(config.database())) {
            throw new Refused(
                    FailureKind.CONFIG_WRONG,
                    "The data folder "
                            + config.folder()
                            + " holds no database. To make one: custodian-server init --dir FOLDER");
        }
        var keys = KeyFiles.read(config);
        var random = new SecureRandom();
        var vault = Vaults.open(config, passphrase, random);
        try {
            var store = store(config, vault);
            return new Foundation(
                    keys,
                    vault,
                    new Parts(store, vault, Clock.systemUTC(), random, UnaryOperator.identity()));
        } catch (Refused | RuntimeException e) {
            vault.close();
            throw e;
        }
    }

    private static SqliteStore store(Config config, Vault vault) throws Refused {
        var store = SqliteStore.open(config.database());
        try (var reader = store.read()) {
            new Peppers(vault).requireOurs(reader);
            return store;
        } catch (Refused | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    KeyFiles keys() {
        return keys;
    }

    Parts parts() {
        return parts;
    }

    /// Starts a journal for one command, beside that of a server that may be running.
    Journal journal() throws Refused {
        var name = new byte[8];
        parts.random().nextBytes(name);
        return Server.journal(keys, parts, "command-" + HexFormat.of().formatHex(name));
    }

    @Override
    public void close() {
        parts.store().close();
        vault.close();
    }
}
