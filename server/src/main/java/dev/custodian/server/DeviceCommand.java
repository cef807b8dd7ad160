package dev.custodian.server;

import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.server.activation.Hardware;
import dev.custodian.server.owner.Devices;
import dev.custodian.server.owner.Owners;
import dev.custodian.server.store.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "device",
        description = "The devices of owners.",
        mixinStandardHelpOptions = true,
        subcommands = DeviceCommand.ListAll.class)
final class DeviceCommand {
    @Command(
            name = "list",
            description =
                    "List the devices that are enrolled, and how well the key of each is kept:"
                            + " proved to this server, or as the device said.",
            mixinStandardHelpOptions = true)
    static final class ListAll implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Override
        public Integer call() throws Exception {
            var settings = config.read();
            try (var foundation = Foundation.open(settings)) {
                var parts = foundation.parts();
                var hardware = new Hardware(parts.vault(), Server.trust(settings, parts.clock()));
                var objects = new ArrayList<Map<String, Object>>();
                for (var owner : new Owners(parts.store()).list()) {
                    var devices = new Devices(parts.store()).list(owner.id());
                    try (var reader = parts.store().read()) {
                        var verdicts = hardware.verdicts(reader, owner.id());
                        for (var device : devices) {
                            if (!device.removed()) {
                                objects.add(
                                        object(
                                                reader,
                                                owner.id(),
                                                device,
                                                verdicts.get(device.id())));
                            }
                        }
                    }
                }
                output.print(Map.of("devices", objects), text(objects));
            }
            return ExitCodes.OK;
        }

        private static Map<String, Object> object(
                Reader reader, Id owner, Devices.View device, @Nullable DeviceVerdict verdict)
                throws Refused {
            var object = new LinkedHashMap<String, Object>();
            object.put("owner", owner.text());
            object.put("device", device.id().text());
            object.put("name", device.name());
            object.put("created", device.created().toString());
            var seen = device.seen();
            if (seen != null) {
                object.put("seen", seen.toString());
            }
            if (verdict != null) {
                object.put("verdict", verdict.name());
            }
            var proof = reader.factors().proof(device.id());
            if (verdict == DeviceVerdict.HARDWARE_PROVED && proof != null) {
                object.put("proof", proof.kind().text());
                object.put("proved", proof.proved().toString());
                // two devices in one TPM have one mark
                object.put("mark", proof.mark().hex());
            }
            return object;
        }

        private static String text(List<Map<String, Object>> objects) {
            if (objects.isEmpty()) {
                return "There is no device.";
            }
            var lines = new ArrayList<String>();
            for (var one : objects) {
                lines.add(
                        "%s  %s  %s  %s"
                                .formatted(
                                        one.get("device"),
                                        one.get("owner"),
                                        one.getOrDefault("verdict", "-"),
                                        one.get("name")));
            }
            return String.join("\n", lines);
        }
    }
}
