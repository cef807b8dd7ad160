package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "recover",
        description = {
            "Get your keys back with the recovery code.",
            "",
            "Begins a recovery; after the delay that your operator has set, the same command",
            "completes it. This machine is then your only device, with a new PIN and a new",
            "recovery code. The agent asks for the code and shows the new one itself.",
            ""
        })
final class RecoverCommand extends LinkCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "ADDRESS",
            description = "Your address, as on your recovery sheet; not needed on a device.")
    private @Nullable String address;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What the device is called; by default, the name of this machine.")
    private @Nullable String name;

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    @Override
    int ask(LinkClient agent) throws Refused, InterruptedException {
        var recover =
                new Request.Recover(
                        address == null ? "" : address,
                        name == null ? HostName.get() : name,
                        LIMIT);
        tell("The agent asks you for the recovery code and a new PIN.");
        return new Membership(this, json, () -> agent.status().lines())
                .await(() -> agent.recover(recover), true);
    }
}
