package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.link.LinkClient;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "status", description = "Say how the agent stands with its server.")
final class StatusCommand extends LinkCommand {
    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    @Override
    int ask(LinkClient agent) throws Refused {
        var standing = agent.status();
        if (json) {
            var lines = Json.object();
            standing.lines().forEach(line -> lines.put(line.what(), line.text()));
            print(
                    Json.object()
                            .put("state", States.of(standing.state()))
                            .put("lines", lines.build())
                            .build());
        } else {
            standing.lines().forEach(line -> say(line.what() + ": " + line.text()));
        }
        return ExitCodes.OK;
    }

    /// The states by their names for scripts.
    static final class States {
        private States() {}

        static String of(dev.custodian.link.SessionState state) {
            return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
