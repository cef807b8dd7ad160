package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.activation.Peppers;
import dev.custodian.server.config.Config;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.config.PrivateFile;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.Finding;
import dev.custodian.server.vault.HsmCheck;
import dev.custodian.server.vault.HsmSetup;
import dev.custodian.server.vault.Share;
import dev.custodian.server.vault.SharedKeys;
import dev.custodian.server.vault.TokenKeyList;
import dev.custodian.server.vault.Vaults;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "hsm",
        description = "Set up the cryptographic device that [vault] of the configuration names.",
        mixinStandardHelpOptions = true,
        subcommands = {
            HsmCommand.Init.class,
            HsmCommand.Check.class,
            HsmCommand.Keys.class,
            HsmRotate.class,
            HsmRestore.class
        })
final class HsmCommand {
    static final String NO_COPY =
            "No copy of the token's keys exists: when it is lost, so is every credential, and every PIN.";

    static HsmConfig hsm(Config config) throws Refused {
        var hsm = config.hsm();
        if (hsm == null) {
            throw new Refused(
                    FailureKind.CONFIG_WRONG, "vault.kind: the vault is the embedded one.");
        }
        return hsm;
    }

    /// Whether the keys can be brought back from shares.
    static boolean isShared(HsmConfig hsm) throws Refused {
        var known = KnownKey.read(hsm.wrappingKey());
        return !known.isEmpty() && known.stream().noneMatch(one -> one.shares().isEmpty());
    }

    /// What becomes of the keys when the token is lost.
    static String copies(HsmConfig hsm) throws Refused {
        if (!isShared(hsm)) {
            return NO_COPY;
        }
        var sets =
                KnownKey.read(hsm.wrappingKey()).stream()
                        .map(one -> one.shares() + " of set " + Share.set(one.id()))
                        .collect(Collectors.joining(", and "));
        return """
        Shares bring the keys back in another token, %s: custodian-server hsm restore
        What is resident has no copy."""
                .formatted(sets);
    }

    /// Makes the first pepper, or requires that those of the database are this vault's.
    static void makePepper(Config settings, SecureRandom random) throws Refused {
        try (var vault = Vaults.open(settings, random);
                var store = SqliteStore.open(settings.database());
                var tx = store.begin()) {
            var peppers = new Peppers(vault);
            peppers.make(tx, random, Clock.systemUTC().instant());
            peppers.requireOurs(tx);
            tx.commit();
        }
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

        @Option(
                names = "--shares",
                paramLabel = "M/N",
                description = {
                    "Make the keys outside the token, show N shares of them on the terminal, once, and",
                    "have the token take the keys in. Any M shares bring them back in another token."
                })
        private @Nullable String shares;

        @Override
        public Integer call() throws Exception {
            var settings = config.read();
            var hsm = hsm(settings);
            var random = new SecureRandom();
            String residentOnly;
            try (var user = Vaults.readPin(hsm);
                    var officerPin = officerPin()) {
                residentOnly = make(hsm, user, officerPin, random);
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
                    %s
                    Next, before the first key is made: custodian-server hsm check --config FILE"""
                            .formatted(
                                    hsm.token(),
                                    residentOnly.isEmpty()
                                            ? "Keys can be wrapped by " + hsm.mechanism() + "."
                                            : "All keys stay in the token and are managed: "
                                                    + residentOnly
                                                    + ".",
                                    copies(hsm)));
            return ExitCodes.OK;
        }

        private String make(
                HsmConfig hsm, Secret user, @Nullable Secret officerPin, SecureRandom random)
                throws Refused {
            if (shares == null) {
                return HsmSetup.make(hsm, user, officerPin, random);
            }
            if (officerPin == null) {
                throw new Refused(FailureKind.USAGE, "--shares needs --officer-pin-file.");
            }
            var split = ShareTerminal.split(shares);
            SharedKeys.make(hsm, user, officerPin, split, random, ShareTerminal::show);
            return "";
        }

        private @Nullable Secret officerPin() throws Refused {
            return officer == null ? null : PrivateFile.readPin(officer, null);
        }
    }

    @Command(
            name = "check",
            description = {
                "Try what the token can do, and whether a thief with the user's PIN gets a key out of",
                "it. Makes keys of its own, which are gone afterwards. Ends with 1 when he does."
            },
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Override
        public Integer call() throws Exception {
            var hsm = hsm(config.read());
            HsmCheck.Report report;
            try (var user = Vaults.readPin(hsm)) {
                report = HsmCheck.run(hsm, user);
            }
            var result = new LinkedHashMap<String, Object>();
            result.put("token", report.token());
            result.put("skills", objects(report.skills()));
            result.put("thefts", objects(report.thefts()));
            result.put("wraps", report.residentOnly().isEmpty());
            if (!report.residentOnly().isEmpty()) {
                result.put("because", report.residentOnly());
            }
            output.print(result, text(report, copies(hsm)));
            return report.isStolen() ? ExitCodes.FOUND : ExitCodes.OK;
        }

        private static List<Map<String, Object>> objects(List<Finding> findings) {
            var objects = new ArrayList<Map<String, Object>>();
            for (var one : findings) {
                var object = new LinkedHashMap<String, Object>();
                object.put("tried", one.tried());
                object.put("outcome", one.outcome().text());
                if (!one.said().isEmpty()) {
                    object.put("said", one.said());
                }
                objects.add(object);
            }
            return objects;
        }

        private static String text(HsmCheck.Report report, String copies) {
            return """
            Token: %s
            %s
            A thief who has the user's PIN tries to:
            %s
            %s
            %s"""
                    .formatted(
                            report.token(),
                            lines(report.skills()),
                            lines(report.thefts()),
                            report.residentOnly().isEmpty()
                                    ? "Keys can be wrapped."
                                    : "Keys can only be resident. " + report.residentOnly() + ".",
                            copies);
        }

        private static String lines(List<Finding> findings) {
            return findings.stream()
                    .map(
                            one ->
                                    "  %-11s  %s%s"
                                            .formatted(
                                                    one.outcome().text(),
                                                    one.tried(),
                                                    one.said().isEmpty()
                                                            ? ""
                                                            : "  (" + one.said() + ")"))
                    .collect(Collectors.joining("\n"));
        }
    }

    @Command(
            name = "keys",
            description = "List the keys that the vault has in the token.",
            mixinStandardHelpOptions = true)
    static final class Keys implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Override
        public Integer call() throws Exception {
            var settings = config.read();
            var hsm = hsm(settings);
            var held = HsmRows.held(settings);
            List<TokenKeyList.Entry> keys;
            try (var user = Vaults.readPin(hsm)) {
                keys = TokenKeyList.of(hsm, user);
            }
            var objects = new ArrayList<Map<String, Object>>();
            for (var one : keys) {
                var object = new LinkedHashMap<String, Object>();
                object.put("kind", one.kind());
                object.put("id", one.id());
                object.put("label", one.label());
                if (one.wraps()) {
                    object.put("credentials", held.getOrDefault(one.id(), 0));
                }
                objects.add(object);
            }
            output.print(
                    Map.of("token", hsm.token(), "keys", objects),
                    keys.isEmpty()
                            ? "The token has no key of the vault's."
                            : keys.stream()
                                    .map(one -> line(one, held.getOrDefault(one.id(), 0)))
                                    .collect(Collectors.joining("\n")));
            return ExitCodes.OK;
        }

        private static String line(TokenKeyList.Entry key, int credentials) {
            return key.kind()
                    + "  "
                    + key.id()
                    + "  "
                    + key.label()
                    + (key.wraps() ? "  credentials: " + credentials : "");
        }
    }
}
