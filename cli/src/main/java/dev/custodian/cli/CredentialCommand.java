package dev.custodian.cli;

import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.link.Credential;
import dev.custodian.link.LinkClient;
import java.util.EnumSet;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "credential",
        description = "What you can sign with.",
        mixinStandardHelpOptions = true,
        subcommands = {
            CredentialCommand.ListCommand.class,
            CredentialCommand.SyncCommand.class,
            CredentialCommand.UnsyncCommand.class
        })
final class CredentialCommand {
    private static final EnumSet<Purpose> ALL =
            EnumSet.of(Purpose.DOCUMENT, Purpose.LOGIN, Purpose.CODE);

    @Command(
            name = "sync",
            description = {
                "Ask the server what is new.",
                "On Windows, programs find the certificates of your credentials from then on."
            })
    static final class SyncCommand extends LinkCommand {
        @Override
        int ask(LinkClient agent) throws Refused {
            say("credentials: " + agent.sync());
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "unsync",
            description = {
                "On Windows, take your certificates away from programs, until the next sync.",
                "Certificates that others put there stay."
            })
    static final class UnsyncCommand extends LinkCommand {
        @Override
        int ask(LinkClient agent) throws Refused {
            agent.unsync();
            say("Programs find no certificate of yours any more.");
            return ExitCodes.OK;
        }
    }

    @Command(name = "list", description = "List your credentials, as the agent knows them.")
    static final class ListCommand extends LinkCommand {
        @Option(names = "--sync", description = "Ask the server first what is new.")
        private boolean sync;

        @Option(names = "--json", description = "Print one JSON object on stdout.")
        private boolean json;

        @Override
        int ask(LinkClient agent) throws Refused {
            if (sync) {
                agent.sync();
            }
            var all = agent.credentials(ALL);
            if (json) {
                print(
                        Json.object()
                                .put(
                                        "credentials",
                                        new Json.Arr(
                                                all.stream().<Json>map(ListCommand::json).toList()))
                                .build());
            } else if (all.isEmpty()) {
                tell("There are none. See why with: custodian status");
            } else {
                all.forEach(this::line);
            }
            return ExitCodes.OK;
        }

        private void line(Credential one) {
            say(
                    String.join(
                            "  ",
                            one.id().text(),
                            one.algorithm().display(),
                            one.purpose().text(),
                            one.custody().text(),
                            one.name().equals(one.id().text()) ? "" : one.name()));
        }

        private static Json json(Credential one) {
            return Json.object()
                    .put("name", one.name())
                    .put("credential", one.id().text())
                    .put("key", one.algorithm().display())
                    .put("purpose", one.purpose().text())
                    .put("custody", one.custody().text().toLowerCase(Locale.ROOT))
                    .put("publicKey", one.publicKey())
                    .put(
                            "chain",
                            Json.Arr.ofTexts(
                                    one.chain().stream().map(der -> der.base64Url()).toList()))
                    .build();
        }
    }
}
