package dev.custodian.cli;

import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.link.LinkClient;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "ssh",
        description = "What OpenSSH and git need to check your signatures.",
        mixinStandardHelpOptions = true,
        subcommands = SshCommand.AllowedSignersCommand.class)
final class SshCommand {
    @Command(
            name = "allowed-signers",
            description = {
                "Print lines for an allowed_signers file, one for each credential for code.",
                "",
                "Whoever has them can check signatures of yours on files and commits.",
                ""
            })
    static final class AllowedSignersCommand extends LinkCommand {
        @Option(
                names = "--principal",
                paramLabel = "WHO",
                description = "Who signs; by default the mail address in the certificate.")
        private @Nullable String principal;

        @Override
        int ask(LinkClient agent) throws Refused {
            var code = agent.credentials(EnumSet.of(Purpose.CODE));
            if (code.isEmpty()) {
                tell("There is no credential for code. See: custodian credential list");
            }
            AllowedSigners.lines(code, principal).forEach(this::say);
            return ExitCodes.OK;
        }
    }
}
