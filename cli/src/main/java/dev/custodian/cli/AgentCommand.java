package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Stands in the list of commands; the script `custodian` starts the agent's own program when the
/// first word is `agent`, so that the daemon never loads what this one does.
@Command(
        name = "agent",
        description = "Run the agent: it holds the session, asks you, and serves programs.")
final class AgentCommand implements Callable<Integer> {
    @Override
    public Integer call() throws Refused {
        throw new Refused(
                FailureKind.USAGE, "The agent is a program of its own: start it with ./custodian.");
    }
}
