package dev.custodian.server;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.config.Config;
import dev.custodian.server.owner.Invitations;
import dev.custodian.server.owner.Owners;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "owner",
        description = "Invite owners and list them.",
        mixinStandardHelpOptions = true,
        subcommands = {OwnerCommand.Invite.class, OwnerCommand.ListAll.class})
final class OwnerCommand {
    private static final int LONGEST_NAME = 255;

    @Command(
            name = "invite",
            description = "Print an invitation, good once and for a day. It is a secret.",
            mixinStandardHelpOptions = true)
    static final class Invite implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Option(names = "--name", defaultValue = "", description = "What you call the owner.")
        private String name;

        @Option(
                names = "--url",
                defaultValue = "",
                description = "Where the server is, if the configuration does not say.")
        private String url;

        @Override
        public Integer call() throws Exception {
            if (name.length() > LONGEST_NAME) {
                throw new Refused(FailureKind.USAGE, "--name is too long.");
            }
            var settings = config.read();
            var base = base(settings);
            try (var foundation = Foundation.open(settings);
                    var journal = foundation.journal()) {
                var parts = foundation.parts();
                var invitation =
                        new Invitations(journal, parts.clock(), parts.random())
                                .invite(base, foundation.keys().thumbprint(), name);
                var result = new LinkedHashMap<String, Object>();
                result.put("invitation", invitation.expose());
                result.put("expires", parts.clock().instant().plus(Invitations.LIFE).toString());
                output.print(result, invitation.expose());
            }
            return ExitCodes.OK;
        }

        private URI base(Config settings) throws Refused {
            if (!url.isEmpty()) {
                if (!Config.isBase(url)) {
                    throw new Refused(
                            FailureKind.USAGE, "--url is not of the form https://host[:port].");
                }
                return URI.create(url);
            }
            if (settings.url().isEmpty() && settings.port() == 0) {
                throw new Refused(
                        FailureKind.USAGE,
                        "The server takes any free port: say where it is with --url.");
            }
            return settings.base(settings.port());
        }
    }

    @Command(name = "list", description = "List the owners.", mixinStandardHelpOptions = true)
    static final class ListAll implements Callable<Integer> {
        @Mixin private ConfigOption config;
        @Mixin private Output output;

        @Override
        public Integer call() throws Exception {
            try (var foundation = Foundation.open(config.read())) {
                var owners = new Owners(foundation.parts().store()).list();
                var objects = new ArrayList<Map<String, Object>>();
                for (var owner : owners) {
                    var object = new LinkedHashMap<String, Object>();
                    object.put("owner", owner.id().text());
                    object.put("name", owner.name());
                    object.put("created", owner.created().toString());
                    object.put("devices", owner.devices().stream().map(id -> id.text()).toList());
                    objects.add(object);
                }
                var text =
                        owners.stream()
                                .map(
                                        o ->
                                                o.id()
                                                        + "  "
                                                        + o.devices().size()
                                                        + " devices  "
                                                        + o.name())
                                .collect(Collectors.joining("\n"));
                output.print(
                        Map.of("owners", objects), owners.isEmpty() ? "There is no owner." : text);
            }
            return ExitCodes.OK;
        }
    }
}
