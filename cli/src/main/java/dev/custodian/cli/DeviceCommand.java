package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.link.Answer;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "device",
        description = "Your devices, who waits to become one, and this machine's device keys.",
        mixinStandardHelpOptions = true,
        subcommands = {
            DeviceCommand.ListCommand.class,
            DeviceCommand.ApproveCommand.class,
            DeviceCommand.RefuseCommand.class,
            DeviceCommand.RemoveCommand.class,
            DeviceCommand.StopRecoveryCommand.class,
            DeviceKeyCommands.StoresCommand.class,
            DeviceKeyCommands.CreateCommand.class,
            DeviceKeyCommands.ShowCommand.class,
            DeviceKeyCommands.DeleteCommand.class
        })
final class DeviceCommand {
    @Command(name = "list", description = "List your devices, and the address to join by.")
    static final class ListCommand extends LinkCommand {
        @Option(names = "--json", description = "Print one JSON object on stdout.")
        private boolean json;

        @Override
        int ask(LinkClient agent) throws Refused {
            var devices = agent.devices();
            if (json) {
                print(json(devices));
                return ExitCodes.OK;
            }
            for (var one : devices.devices()) {
                say(
                        String.join(
                                "  ",
                                one.id().text(),
                                one.name(),
                                one.ours() ? "(this one)" : one.active() ? "" : "(removed)"));
            }
            for (var one : devices.waiting()) {
                say(
                        String.join(
                                "  ",
                                one.id().text(),
                                one.name(),
                                "(waits for your approval; its number is " + one.number() + ")"));
            }
            if (devices.isRecovering()) {
                say(
                        "A recovery is under way; it is due at "
                                + devices.recovery()
                                + ". Stop it with: custodian device stop-recovery");
            }
            say("A further device joins by: custodian join " + Words.shell(devices.address()));
            return ExitCodes.OK;
        }

        private static Json json(Answer.Devices devices) {
            var object =
                    Json.object()
                            .put("address", devices.address())
                            .put(
                                    "devices",
                                    new Json.Arr(
                                            devices.devices().stream()
                                                    .<Json>map(ListCommand::json)
                                                    .toList()))
                            .put(
                                    "waiting",
                                    new Json.Arr(
                                            devices.waiting().stream()
                                                    .<Json>map(ListCommand::json)
                                                    .toList()));
            if (devices.isRecovering()) {
                object.put("recovery", devices.recovery().toString());
            }
            return object.build();
        }

        private static Json json(Answer.Device one) {
            var object =
                    Json.object()
                            .put("device", one.id().text())
                            .put("name", one.name())
                            .put("ours", new Json.Bool(one.ours()))
                            .put("active", new Json.Bool(one.active()))
                            .put("created", one.created().toString());
            if (one.wasSeen()) {
                object.put("seen", one.seen().toString());
            }
            return object.build();
        }

        private static Json json(Answer.NewDevice one) {
            return Json.object()
                    .put("device", one.id().text())
                    .put("name", one.name())
                    .put("number", one.number())
                    .put("until", one.until().toString())
                    .build();
        }
    }

    /// The new device that is meant: by its id or number, or the only one that waits.
    private static Answer.NewDevice waiting(LinkClient agent, @Nullable String which)
            throws Refused {
        var waiting = agent.devices().waiting();
        var meant =
                waiting.stream()
                        .filter(
                                one ->
                                        which == null
                                                || one.id().text().equals(which)
                                                || digits(one.number()).equals(digits(which)))
                        .toList();
        if (meant.size() > 1) {
            throw new Refused(
                    FailureKind.USAGE, "Several devices wait: name one by its number or id.");
        }
        if (meant.isEmpty()) {
            throw new Refused(FailureKind.JOIN_REQUEST_GONE);
        }
        return meant.getFirst();
    }

    private static String digits(String number) {
        return number.replace(" ", "");
    }

    @Command(
            name = "approve",
            description = {
                "Let a new device use your keys.",
                "",
                "Compare the number with the one on its screen first. The agent asks for the PIN.",
                ""
            })
    static final class ApproveCommand extends LinkCommand {
        @Parameters(
                arity = "0..1",
                paramLabel = "NUMBER",
                description = "Its number or id; not needed when only one waits.")
        private @Nullable String which;

        @Override
        int ask(LinkClient agent) throws Refused {
            var device = waiting(agent, which);
            tell(
                    "Approve only if the screen of "
                            + device.name()
                            + " shows the number "
                            + device.number()
                            + ".");
            agent.approve(new Request.ApproveDevice(device.id(), LIMIT));
            say(device.id().text() + " is a device of yours now.");
            return ExitCodes.OK;
        }
    }

    @Command(name = "refuse", description = "Refuse a new device: it has to ask again.")
    static final class RefuseCommand extends LinkCommand {
        @Parameters(
                arity = "0..1",
                paramLabel = "NUMBER",
                description = "Its number or id; not needed when only one waits.")
        private @Nullable String which;

        @Override
        int ask(LinkClient agent) throws Refused {
            var device = waiting(agent, which);
            agent.refuse(device.id());
            say(device.id().text() + " was refused.");
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "remove",
            description = "Remove a device: what it has can sign no more. The agent asks you.")
    static final class RemoveCommand extends LinkCommand {
        @Parameters(paramLabel = "DEVICE", description = "Its id, as the list shows it.")
        private String device;

        @Override
        int ask(LinkClient agent) throws Refused {
            Id id;
            try {
                id = Id.parse(Id.Kind.DEVICE, device);
            } catch (MalformedException e) {
                throw new Refused(FailureKind.USAGE, "A device's id begins with dev_.");
            }
            agent.remove(new Request.RemoveDevice(id, LIMIT));
            say(device + " is no device of yours any more.");
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "stop-recovery",
            description = "Stop a recovery that you did not begin. The agent asks you.")
    static final class StopRecoveryCommand extends LinkCommand {
        @Override
        int ask(LinkClient agent) throws Refused {
            agent.stopRecovery(new Request.StopRecovery(LIMIT));
            say("The recovery was stopped.");
            return ExitCodes.OK;
        }
    }
}
