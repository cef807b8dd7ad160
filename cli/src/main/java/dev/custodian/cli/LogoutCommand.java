package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.link.LinkClient;
import picocli.CommandLine.Command;

@Command(name = "logout", description = "End the login: nothing can be signed until the next one.")
final class LogoutCommand extends LinkCommand {
    @Override
    int ask(LinkClient agent) throws Refused {
        say(StatusCommand.States.of(agent.logout()));
        return ExitCodes.OK;
    }
}
