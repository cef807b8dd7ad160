package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.link.Answer;
import dev.custodian.link.LinkClient;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        description = {
            "Find the one thing that is broken, from here to the server.",
            "",
            "Ends with 1 when there is one.",
            ""
        })
final class DoctorCommand extends LinkCommand {
    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    @Override
    int ask(LinkClient agent) throws Refused {
        var checks = agent.doctor();
        if (json) {
            print(
                    Json.object()
                            .put(
                                    "checks",
                                    new Json.Arr(
                                            checks.stream()
                                                    .<Json>map(DoctorCommand::json)
                                                    .toList()))
                            .build());
        } else {
            checks.forEach(this::line);
        }
        if (!new AgentUnits(ConfigHome.of(System.getenv())).exist()) {
            tell("Hint: the agent runs because you started it. To have it started when it is");
            tell("needed: custodian setup agent");
        }
        return checks.stream().allMatch(one -> one.outcome() == Answer.Check.Outcome.WELL)
                ? ExitCodes.OK
                : ExitCodes.REFUSED;
    }

    private void line(Answer.Check check) {
        var words =
                switch (check.outcome()) {
                    case WELL -> "well. " + check.sentence();
                    case BROKEN -> "BROKEN. " + check.sentence();
                    case NOT_REACHED -> "not looked at";
                };
        say(check.what() + ": " + words);
        if (!check.nextStep().isEmpty()) {
            say("  " + check.nextStep());
        }
    }

    private static Json json(Answer.Check check) {
        return Json.object()
                .put("what", check.what())
                .put("outcome", check.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("sentence", check.sentence())
                .put("next", check.nextStep())
                .build();
    }
}
