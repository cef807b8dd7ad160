package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.link.AgentAddress;
import dev.custodian.link.LinkClient;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A command that the agent carries out. The agent asks the person itself: no PIN and no recovery
/// code ever comes here.
@Command(mixinStandardHelpOptions = true)
abstract class LinkCommand implements Callable<Integer> {
    /// How long a question of the agent may take.
    static final Duration LIMIT = Duration.ofMinutes(10);

    private static final String VERSION = "0.1.0";

    @Spec private CommandSpec spec;

    @Override
    public final Integer call() throws Exception {
        check();
        try (var agent = connect(AgentAddress.of(System.getenv()))) {
            return ask(agent);
        }
    }

    static LinkClient connect(AgentAddress address) throws Refused {
        return LinkClient.connect(address, "custodian", VERSION);
    }

    /// Refuses what needs no agent to be refused.
    void check() throws Refused {}

    /// Carries it out; returns the exit code.
    abstract int ask(LinkClient agent) throws Refused, InterruptedException;

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /// A line of the result; foreign words in it are made printable.
    void say(String line) {
        out().println(Words.printable(line));
        out().flush();
    }

    /// A line for whoever waits.
    void tell(String line) {
        err().println(Words.printable(line));
        err().flush();
    }

    void print(Json json) {
        out().println(new String(json.write().toArray(), StandardCharsets.UTF_8));
        out().flush();
    }
}
