package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.activation.Peppers;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.PrivateFile;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.HsmSetup;
import dev.custodian.server.vault.Vaults;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "hsm",
        description = "Set up the cryptographic device that [vault] of the configuration names.",
        mixinStandardHelpOptions = true,
        subcommands = {HsmCommand.Init.class})
final class HsmCommand {
    private static HsmConfig hsm(Config config) throws Refused {
        var hsm = config.hsm();
        if (hsm == null) {
            throw new Refused(
                    FailureKind.CONFIG_WRONG, "vault.kind: the vault is the embedded one.");
        }
        return hsm;
    }

    @Command(
            name = "init",
            description = {
                "Make the vault's keys in the token, and the first pepper.",
                "What is there already is left as it is."
            },
            mixinStandardHelpOptions = true)
    static final class Init implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Option(
                names = "--officer-pin-file",
                paramLabel = "FILE",
                description = {
                    "The security officer's PIN, in a file of mode 600. Only the officer can make",
                    "the key that others are wrapped under; without it all keys stay in the token."
                })
        private @Nullable Path officer;

        @Override
        public Integer call() throws Exception {
            var settings = config.read();
            var hsm = hsm(settings);
            var random = new SecureRandom();
            String residentOnly;
            try (var user = Vaults.readPin(hsm);
                    var officerPin = officerPin()) {
                residentOnly = HsmSetup.make(hsm, user, officerPin, random);
            }
            makePepper(settings, random);
            var result = new LinkedHashMap<String, Object>();
            result.put("token", hsm.token());
            result.put("mechanism", residentOnly.isEmpty() ? hsm.mechanism().name() : "resident");
            if (!residentOnly.isEmpty()) {
                result.put("because", residentOnly);
            }
            output.print(
                    result,
                    """
                    The token "%s" is set up.
                    %s
                    No copy of its keys exists: when the token is lost, so is every credential, and every PIN."""
                            .formatted(
                                    hsm.token(),
                                    residentOnly.isEmpty()
                                            ? "Keys can be wrapped by " + hsm.mechanism() + "."
                                            : "All keys stay in the token and are managed: "
                                                    + residentOnly
                                                    + "."));
            return ExitCodes.OK;
        }

        private @Nullable Secret officerPin() throws Refused {
            return officer == null ? null : PrivateFile.readPin(officer, null);
        }

        private static void makePepper(Config settings, SecureRandom random) throws Refused {
            try (var vault = Vaults.open(settings, random);
                    var store = SqliteStore.open(settings.database());
                    var tx = store.begin()) {
                var peppers = new Peppers(vault);
                peppers.make(tx, random, Clock.systemUTC().instant());
                if (!peppers.opens(tx)) {
                    throw new Refused(
                            FailureKind.CONFIG_WRONG,
                            "vault.token: the database was made with another vault. Make a data"
                                    + " folder for this one: custodian-server init --dir FOLDER");
                }
                tx.commit();
            }
        }
    }
}
