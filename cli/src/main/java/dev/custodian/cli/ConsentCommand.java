package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.link.Consent;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "consent",
        description = "What may sign ahead, without a question for each signature.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ConsentCommand.ListCommand.class,
            ConsentCommand.GrantCommand.class,
            ConsentCommand.ForgetCommand.class
        })
final class ConsentCommand {
    private static Json json(Consent one) {
        return Json.object()
                .put("consent", one.id().text())
                .put("credential", one.credential())
                .put("subject", one.subject())
                .put("remaining", one.remaining())
                .put("until", one.until().toString())
                .build();
    }

    private static String line(Consent one) {
        return String.join(
                "  ",
                one.id().text(),
                one.credential(),
                one.remaining() + " signatures left",
                "until " + one.until(),
                "for " + one.subject());
    }

    @Command(name = "list", description = "List the consents of this device that are in force.")
    static final class ListCommand extends LinkCommand {
        @Option(names = "--json", description = "Print one JSON object on stdout.")
        private boolean json;

        @Override
        int ask(LinkClient agent) throws Refused {
            var all = agent.consents();
            if (json) {
                print(
                        Json.object()
                                .put(
                                        "consents",
                                        new Json.Arr(
                                                all.stream()
                                                        .<Json>map(ConsentCommand::json)
                                                        .toList()))
                                .build());
            } else if (all.isEmpty()) {
                tell("There are none: each signature is asked for.");
            } else {
                all.forEach(one -> say(line(one)));
            }
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "grant",
            description = {
                "Let programs sign without a question, for a time.",
                "",
                "By default those of this terminal session. The agent asks you, once.",
                ""
            })
    static final class GrantCommand extends LinkCommand {
        @Parameters(paramLabel = "CREDENTIAL", description = "Its name or id.")
        private String credential;

        @Option(
                names = "--count",
                paramLabel = "N",
                defaultValue = "100",
                description = "At most so many signatures; default ${DEFAULT-VALUE}.")
        private int count;

        @Option(
                names = "--minutes",
                paramLabel = "N",
                defaultValue = "15",
                description = "For so long; default ${DEFAULT-VALUE}, at most 1440.")
        private int minutes;

        @Option(
                names = "--process",
                paramLabel = "PID",
                description = "For this process alone, not for the terminal session.")
        private long process;

        @Option(names = "--json", description = "Print one JSON object on stdout.")
        private boolean json;

        @Override
        int ask(LinkClient agent) throws Refused {
            Request.GrantConsent request;
            try {
                request =
                        new Request.GrantConsent(
                                credential, process, count, Duration.ofMinutes(minutes), LIMIT);
            } catch (IllegalArgumentException e) {
                throw new Refused(
                        FailureKind.USAGE, "1 to 4,000 signatures, 1 to 1440 minutes, a process.");
            }
            tell("The agent asks you.");
            var granted = agent.grant(request);
            if (json) {
                print(json(granted));
            } else {
                say(line(granted));
            }
            return ExitCodes.OK;
        }
    }

    @Command(name = "forget", description = "Take a consent back.")
    static final class ForgetCommand extends LinkCommand {
        @Parameters(paramLabel = "CONSENT", description = "Its id, as the list shows it.")
        private String consent;

        @Override
        int ask(LinkClient agent) throws Refused {
            try {
                agent.forget(Id.parse(Id.Kind.CONSENT, consent));
            } catch (MalformedException e) {
                throw new Refused(FailureKind.USAGE, "A consent's id begins with cns_.");
            }
            say(consent + " holds no more.");
            return ExitCodes.OK;
        }
    }
}
