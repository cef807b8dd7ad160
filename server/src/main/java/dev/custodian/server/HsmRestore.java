package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.config.PrivateFile;
import dev.custodian.server.vault.Share;
import dev.custodian.server.vault.ShareSet;
import dev.custodian.server.vault.SharedKeys;
import dev.custodian.server.vault.Split;
import dev.custodian.server.vault.Vaults;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "restore",
        description = {
            "Make the vault's keys in a new token, from the shares that init showed. They are typed",
            "unseen, or come line by line on standard input. Lists the credentials that are lost."
        },
        mixinStandardHelpOptions = true)
final class HsmRestore implements Callable<Integer> {
    @Mixin private ConfigOption config;
    @Mixin private Output output;

    @Option(
            names = "--officer-pin-file",
            paramLabel = "FILE",
            required = true,
            description = "The security officer's PIN of the new token, in a file of mode 600.")
    private Path officer;

    @Override
    public Integer call() throws Exception {
        var settings = config.read();
        var hsm = HsmCommand.hsm(settings);
        var random = new SecureRandom();
        restore(hsm, random);
        HsmCommand.makePepper(settings, random);
        var lost = HsmRows.residents(settings);
        output.print(
                Map.of("token", hsm.token(), "lost", HsmRows.objects(lost)),
                "The token \"%s\" has the vault's keys.\n%s"
                        .formatted(
                                hsm.token(),
                                HsmRows.text(
                                        lost,
                                        "No credential is lost.",
                                        "These credentials were resident in the former token, and are lost without it:")));
        return ExitCodes.OK;
    }

    private void restore(HsmConfig hsm, SecureRandom random) throws Refused {
        var known = KnownKey.read(hsm.wrappingKey());
        if (known.isEmpty()) {
            throw new Refused(
                    FailureKind.CONFIG_WRONG,
                    "vault.wrapping_key: %s is not there. It belongs into the backup; nothing can be restored without it."
                            .formatted(hsm.wrappingKey()));
        }
        var sets = new ArrayList<ShareSet>();
        try (var user = Vaults.readPin(hsm);
                var officerPin = PrivateFile.readPin(officer, null)) {
            for (var one : known) {
                var split = Split.parse(one.shares());
                if (split == null) {
                    throw new Refused(FailureKind.USAGE, HsmCommand.NO_COPY);
                }
                var set = new ShareSet(one.id(), split);
                sets.add(set);
                ShareTerminal.fill(set, Share.set(one.id()));
            }
            SharedKeys.restore(hsm, user, officerPin, known, sets, random);
        } finally {
            sets.forEach(ShareSet::close);
        }
    }
}
