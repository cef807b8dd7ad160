package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "join",
        description = {
            "Make this machine a device of yours.",
            "",
            "With an invitation it becomes the first one: you choose a PIN and get a",
            "recovery code. With your address (custodian device list prints it) it becomes",
            "a further one, once another device has approved it. The agent asks for the PIN",
            "and shows the code itself.",
            ""
        })
final class JoinCommand extends LinkCommand {
    private static final String STANDARD_INPUT = "-";

    @Parameters(
            paramLabel = "INVITATION",
            description = {
                "Or the address, for a further device.",
                "- reads it from standard input, where no other user of this machine sees it."
            })
    private String invitation;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What the device is called; by default, the name of this machine.")
    private @Nullable String name;

    @Option(names = "--no-wait", description = "Do not wait for the other device's approval.")
    private boolean impatient;

    @Option(names = "--json", description = "Print one JSON object for each answer on stdout.")
    private boolean json;

    @Override
    int ask(LinkClient agent) throws Refused, InterruptedException {
        var join = new Request.Join(read(), name == null ? HostName.get() : name, LIMIT);
        tell("The agent asks you for what it needs.");
        return new Membership(this, json, () -> agent.status().lines())
                .await(() -> agent.join(join), !impatient);
    }

    private String read() throws Refused {
        if (!invitation.equals(STANDARD_INPUT)) {
            return invitation;
        }
        try {
            var line =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                            .readLine();
            if (line != null) {
                return line.strip();
            }
        } catch (IOException e) {
            // the same as nothing
        }
        throw new Refused(FailureKind.USAGE, "There is no invitation on standard input.");
    }
}
