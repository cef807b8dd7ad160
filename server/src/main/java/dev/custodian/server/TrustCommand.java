package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.Authority;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.server.config.Config;
import dev.custodian.server.trust.Trust;
import dev.custodian.server.trust.TrustException;
import dev.custodian.server.trust.TrustFolder;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "trust",
        description = "Whom you trust to vouch for the TPMs and cards of devices.",
        mixinStandardHelpOptions = true,
        subcommands = {TrustCommand.Import.class, TrustCommand.ListAll.class})
final class TrustCommand {
    /// Where the configuration says, else in the data folder: then devices are not asked yet.
    private static Path folder(Config settings, Kind kind) throws Refused {
        ProofKind wanted;
        try {
            wanted = ProofKind.parse(kind.kind);
        } catch (MalformedException e) {
            throw new Refused(FailureKind.USAGE, "--kind is tpm or piv.");
        }
        var named = settings.roots().get(wanted);
        return named != null ? named : settings.folder().resolve("trust").resolve(kind.kind);
    }

    /// What they vouch for.
    static final class Kind {
        @Option(
                names = "--kind",
                defaultValue = "tpm",
                description = "tpm or piv (cards); default ${DEFAULT-VALUE}.")
        private String kind;
    }

    @Command(
            name = "import",
            description =
                    "Put a folder of certificates and its manifest in the place of those that are"
                            + " there, all at once.",
            mixinStandardHelpOptions = true)
    static final class Import implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Kind kind;
        @Mixin private Output output;

        @Option(
                names = "--older",
                description =
                        "Take a list also when it is older than the one that is there: what was"
                                + " withdrawn since is trusted again.")
        private boolean older;

        @Parameters(paramLabel = "DIR", description = "The folder, with its manifest.json.")
        private Path from;

        @Override
        public Integer call() throws Exception {
            var folder = folder(config.read(), kind);
            try {
                var now = Clock.systemUTC().instant();
                tell(output, TrustFolder.replace(folder, from, now, older), now);
            } catch (TrustException e) {
                throw new Refused(FailureKind.USAGE, String.valueOf(e.getMessage()));
            }
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "list",
            description = "List them, and how old the list is.",
            mixinStandardHelpOptions = true)
    static final class ListAll implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Kind kind;
        @Mixin private Output output;

        @Override
        public Integer call() throws Exception {
            try {
                var trust = TrustFolder.open(folder(config.read(), kind)).current();
                tell(output, trust, Clock.systemUTC().instant());
            } catch (TrustException e) {
                throw new Refused(FailureKind.CONFIG_WRONG, String.valueOf(e.getMessage()));
            }
            return ExitCodes.OK;
        }
    }

    private static void tell(Output output, Trust trust, Instant now)
            throws CertificateEncodingException {
        if (trust.authorities().isEmpty()) {
            output.print(Map.of("authorities", trust.authorities()), "Nobody is trusted.");
            return;
        }
        var objects = new ArrayList<Map<String, Object>>();
        var lines = new ArrayList<String>();
        for (var authority : trust.authorities()) {
            var object = new LinkedHashMap<String, Object>();
            object.put("name", authority.name());
            object.put("vendor", authority.vendor());
            object.put("kind", kind(authority));
            object.put("sha256", Hashes.sha256(authority.certificate().getEncoded()).hex());
            object.put("expires", authority.certificate().getNotAfter().toInstant().toString());
            object.put("withdrawn", authority.withdrawn());
            objects.add(object);
            lines.add(
                    "%s  %s  %s%s"
                            .formatted(
                                    kind(authority),
                                    authority.vendor(),
                                    authority.name(),
                                    authority.withdrawn() ? "  withdrawn" : ""));
        }
        long days = trust.age(now).toDays();
        lines.add(
                "Last updated %s, %d days ago.%s"
                        .formatted(
                                trust.updated(),
                                days,
                                trust.isOld(now)
                                        ? " Look whether makers have added or withdrawn some."
                                        : ""));
        var all = new LinkedHashMap<String, Object>();
        all.put("updated", trust.updated().toString());
        all.put("days", days);
        all.put("old", trust.isOld(now));
        all.put("authorities", objects);
        output.print(all, String.join("\n", lines));
    }

    private static String kind(Authority authority) {
        return authority.root() ? "root" : "intermediate";
    }
}
