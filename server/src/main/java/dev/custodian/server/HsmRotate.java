package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.config.PrivateFile;
import dev.custodian.server.vault.HsmSetup;
import dev.custodian.server.vault.SharedKeys;
import dev.custodian.server.vault.Vaults;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "rotate",
        description = {
            "Make a new wrapping key, for keys that are made from now on. The former one stays for",
            "those that were wrapped under it, which are listed. Stop the server before."
        },
        mixinStandardHelpOptions = true)
final class HsmRotate implements Callable<Integer> {
    @Mixin private ConfigOption config;
    @Mixin private Output output;

    @Option(
            names = "--officer-pin-file",
            paramLabel = "FILE",
            required = true,
            description = "The security officer's PIN, in a file of mode 600.")
    private Path officer;

    @Option(
            names = "--shares",
            paramLabel = "M/N",
            description = "Show shares of the new key, as hsm init did of the first one.")
    private @Nullable String shares;

    @Override
    public Integer call() throws Exception {
        var settings = config.read();
        var hsm = HsmCommand.hsm(settings);
        rotate(hsm);
        var known = KnownKey.read(hsm.wrappingKey());
        var former = former(hsm);
        var left = HsmRows.all(settings, row -> former.contains(row.keyId()));
        var result = new LinkedHashMap<String, Object>();
        result.put("token", hsm.token());
        result.put("newest", known.getFirst().id());
        result.put("left", HsmRows.objects(left));
        output.print(
                result,
                "New keys are wrapped under %s.\n%s"
                        .formatted(
                                known.getFirst().id(),
                                HsmRows.text(
                                        left,
                                        "No credential is wrapped under a former key.",
                                        "These credentials stay wrapped under a former key, until others take their place:")));
        return ExitCodes.OK;
    }

    private static Set<String> former(HsmConfig hsm) throws Refused {
        var ids = new HashSet<String>();
        KnownKey.read(hsm.wrappingKey()).stream().skip(1).forEach(one -> ids.add(one.id()));
        return ids;
    }

    private void rotate(HsmConfig hsm) throws Refused {
        var random = new SecureRandom();
        var known = KnownKey.read(hsm.wrappingKey());
        if (known.isEmpty()) {
            throw new Refused(
                    FailureKind.USAGE,
                    "There is no wrapping key to renew. To make one: custodian-server hsm init");
        }
        boolean shared = HsmCommand.isShared(hsm);
        if (shared && shares == null) {
            throw new Refused(
                    FailureKind.USAGE,
                    "--shares is needed: the former key has shares, and without some of the new one a"
                            + " second token would not be whole.");
        }
        if (!shared && shares != null) {
            throw new Refused(
                    FailureKind.USAGE,
                    "--shares: the root key has none, and shares of this key alone bring nothing"
                            + " back.");
        }
        try (var user = Vaults.readPin(hsm);
                var officerPin = PrivateFile.readPin(officer, null)) {
            if (shares == null) {
                HsmSetup.rotate(hsm, user, officerPin, known, random);
            } else {
                var split = ShareTerminal.split(shares);
                SharedKeys.rotate(hsm, user, officerPin, split, known, random, ShareTerminal::show);
            }
        }
    }
}
