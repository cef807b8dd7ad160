package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.link.Answer;
import dev.custodian.link.KeyStore;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// The part of `custodian device` that is about this machine: its stores of keys, and the keys.
final class DeviceKeyCommands {
    private DeviceKeyCommands() {}

    /// Lines in the order in which they came; several may have one name.
    private static Json json(List<Answer.Line> lines) {
        return Json.object()
                .put(
                        "lines",
                        new Json.Arr(
                                lines.stream()
                                        .<Json>map(
                                                line ->
                                                        Json.object()
                                                                .put("what", line.what())
                                                                .put("text", line.text())
                                                                .build())
                                        .toList()))
                .build();
    }

    abstract static class Telling extends LinkCommand {
        @Option(names = "--json", description = "Print one JSON object on stdout.")
        private boolean json;

        abstract List<Answer.Line> told(LinkClient agent) throws Refused;

        @Override
        final int ask(LinkClient agent) throws Refused {
            var lines = told(agent);
            if (json) {
                print(json(lines));
            } else {
                lines.forEach(line -> say(line.what() + ": " + line.text()));
            }
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "stores",
            description = {
                "List this machine's stores of device keys, each with its verdict and its keys.",
                "",
                "Each is tried. The next enrolment takes the first that works, unless the agent",
                "was told another: custodian agent --device-store.",
                ""
            })
    static final class StoresCommand extends Telling {
        @Override
        List<Answer.Line> told(LinkClient agent) throws Refused {
            return agent.stores();
        }
    }

    @Command(name = "show", description = "Say what is known of a device key.")
    static final class ShowCommand extends Telling {
        @Parameters(paramLabel = "KEY", description = "Its URI, as custodian device stores has it.")
        private String key;

        @Override
        List<Answer.Line> told(LinkClient agent) throws Refused {
            return agent.key(key);
        }
    }

    @Command(
            name = "create",
            description = {
                "Make a P-256 key in a store of this machine.",
                "",
                "On a card it wants the card's PIN; the agent asks for that and for the card's",
                "management key. An enrolment makes its own key in a TPM, and takes the one in",
                "slot 9a of a card.",
                ""
            })
    static final class CreateCommand extends Telling {
        @Option(
                names = "--store",
                required = true,
                paramLabel = "STORE",
                description = "tpm or card.",
                converter = StoreConverter.class)
        private KeyStore store;

        @Parameters(paramLabel = "NAME", description = "What it is called; on a card its slot.")
        private String name;

        @Override
        List<Answer.Line> told(LinkClient agent) throws Refused {
            tell("The agent asks you for what it needs.");
            return agent.createKey(new Request.CreateKey(store, name, LIMIT));
        }
    }

    @Command(
            name = "delete",
            description = {
                "Forget a device key for ever.",
                "",
                "Refused for the key of the device that this machine is. For one on a card the",
                "agent asks for the card's management key.",
                ""
            })
    static final class DeleteCommand extends LinkCommand {
        @Parameters(paramLabel = "KEY", description = "Its URI, as custodian device stores has it.")
        private String key;

        @Override
        int ask(LinkClient agent) throws Refused {
            agent.deleteKey(new Request.DeleteKey(key, LIMIT));
            say(key + " is deleted.");
            return ExitCodes.OK;
        }
    }

    /// The word on the command line.
    static final class StoreConverter implements ITypeConverter<KeyStore> {
        @Override
        public KeyStore convert(String word) {
            return switch (word) {
                case "tpm" -> KeyStore.TPM;
                case "card" -> KeyStore.CARD;
                default ->
                        throw new TypeConversionException(
                                "Keys are made in one of: tpm, card. That of a device in a file is"
                                        + " made when it joins.");
            };
        }
    }
}
