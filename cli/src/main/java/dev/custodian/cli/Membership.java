package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.link.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Waits until this machine is a device: asks the same again and again, as the link wants it.
final class Membership {
    private static final Duration BETWEEN = Duration.ofSeconds(2);

    private static final Set<String> KEY = Set.of("device key", "no better store");

    private final LinkCommand command;
    private final boolean json;
    private final Lines lines;

    Membership(LinkCommand command, boolean json, Lines lines) {
        this.command = command;
        this.json = json;
        this.lines = lines;
    }

    /// How the agent stands.
    interface Lines {
        List<Answer.Line> lines() throws Refused;
    }

    /// Asks the agent.
    interface Ask {
        Answer once() throws Refused;
    }

    /// @param patient whether to wait for the approval
    int await(Ask ask, boolean patient) throws Refused, InterruptedException {
        var told = false;
        while (true) {
            switch (ask.once()) {
                case Answer.Enrolled(var owner, var device) -> {
                    done(owner.text(), device.text());
                    key();
                    return ExitCodes.OK;
                }
                case Answer.Waiting(var number, var until) -> {
                    if (!told) {
                        waiting(number, until.toString());
                        told = true;
                    }
                    if (!patient || number.isEmpty()) {
                        return ExitCodes.OK;
                    }
                    Thread.sleep(BETWEEN);
                }
                case Answer other -> throw new IllegalStateException(other.toString());
            }
        }
    }

    /// Where the device key is, and why nowhere better.
    private void key() throws Refused {
        if (!json) {
            lines.lines().stream()
                    .filter(line -> KEY.contains(line.what()))
                    .forEach(line -> command.say(line.what() + ": " + line.text()));
        }
    }

    private void done(String owner, String device) {
        if (json) {
            command.print(
                    Json.object()
                            .put("state", "joined")
                            .put("owner", owner)
                            .put("device", device)
                            .build());
            return;
        }
        command.say("This machine is a device of " + owner + " now: " + device);
        command.tell("See what you can sign with: custodian credential list");
    }

    private void waiting(String number, String until) {
        if (json) {
            command.print(
                    Json.object()
                            .put("state", "waiting")
                            .put("number", number)
                            .put("until", until)
                            .build());
        } else if (number.isEmpty()) {
            command.say("The recovery has begun. It can be completed from " + until + " on.");
            command.tell(
                    "Give the same command again then. Your other devices can stop it until then.");
        } else {
            command.say("Number of this device: " + number);
            command.tell(
                    "Approve it on another device of yours, if that shows the same number: custodian device approve");
            command.tell("It waits until " + until + ".");
        }
    }
}
