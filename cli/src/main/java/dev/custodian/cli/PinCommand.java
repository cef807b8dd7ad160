package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import picocli.CommandLine.Command;

@Command(
        name = "pin",
        description = "The PIN of your keys.",
        mixinStandardHelpOptions = true,
        subcommands = PinCommand.ChangeCommand.class)
final class PinCommand {
    @Command(
            name = "change",
            description = "Change the PIN, for all of your devices. The agent asks for both.")
    static final class ChangeCommand extends LinkCommand {
        @Override
        int ask(LinkClient agent) throws Refused {
            tell("The agent asks you for the old PIN, then for the new one.");
            agent.changePin(new Request.ChangePin(LIMIT));
            say("The PIN was changed.");
            return ExitCodes.OK;
        }
    }
}
