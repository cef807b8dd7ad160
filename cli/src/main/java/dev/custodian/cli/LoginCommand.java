package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.link.LinkClient;
import picocli.CommandLine.Command;

@Command(
        name = "login",
        description = "Begin a login with this machine's device key; it needs no PIN.")
final class LoginCommand extends LinkCommand {
    @Override
    int ask(LinkClient agent) throws Refused {
        say(StatusCommand.States.of(agent.login()));
        return ExitCodes.OK;
    }
}
