package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Two units of the user's systemd: it makes the agent's sockets, and starts the agent when the
/// first program connects (systemd.socket(5)).
final class AgentUnits {
    static final String SOCKET = "custodian-agent.socket";

    private static final String SERVICE = "custodian-agent.service";

    /// Where `systemctl --user enable` puts its link.
    private static final String ENABLED = "sockets.target.wants/" + SOCKET;

    private static final String SOCKET_UNIT =
            """
            # Written by: custodian setup agent. To undo: custodian setup agent --undo
            # To change it: systemctl --user edit custodian-agent.socket
            [Unit]
            Description=Sockets of the Custodian agent

            [Socket]
            ListenStream={p11}
            ListenStream={ssh}
            ListenStream={link}
            SocketMode=0600
            DirectoryMode=0700

            [Install]
            WantedBy=sockets.target
            """;

    private static final String SERVICE_UNIT =
            """
            # Written by: custodian setup agent. To undo: custodian setup agent --undo
            # To change it: systemctl --user edit custodian-agent.service
            [Unit]
            Description=Custodian agent
            Requires=custodian-agent.socket

            [Service]
            ExecStart={program} agent --state {state} --sockets {sockets}
            Environment={java}
            """;

    private static final Pattern VALUE = Pattern.compile("\\{[a-z0-9]+}");

    /// A value of the service unit.
    private static final String QUOTED = "\"(?:[^\"\\\\\n]|\\\\.)+\"";

    private final ConfigHome config;

    AgentUnits(ConfigHome config) {
        this.config = config;
    }

    /// What the units say.
    ///
    /// @param program the script `custodian`
    /// @param java folder of the JDK that the script is to use
    /// @param state the agent's folder
    /// @param sockets the folder of its sockets
    record Places(Path program, Path java, Path state, Path sockets) {}

    private Path file(String unit) {
        return config.resolve("systemd/user").resolve(unit);
    }

    private List<Path> files() {
        return List.of(file(SERVICE), file(SOCKET));
    }

    boolean exist() {
        return files().stream().allMatch(Files::exists);
    }

    /// Writes both, or none when one is somebody else's; returns where they are.
    List<Path> write(Places places) throws Refused {
        requireOurs();
        var sockets = places.sockets();
        var socket =
                filled(
                        SOCKET_UNIT,
                        Map.of(
                                "{p11}", specified(sockets.resolve("p11.sock")),
                                "{ssh}", specified(sockets.resolve("ssh.sock")),
                                "{link}", specified(sockets.resolve("agent.sock"))));
        var service =
                filled(
                        SERVICE_UNIT,
                        Map.of(
                                "{program}", quoted(specified(places.program())),
                                "{state}", word(places.state()),
                                "{sockets}", word(sockets),
                                "{java}", quoted("JAVA_HOME=" + specified(places.java()))));
        config.write(file(SERVICE), service, text -> isOurs(SERVICE_UNIT, text));
        config.write(file(SOCKET), socket, text -> isOurs(SOCKET_UNIT, text));
        return files();
    }

    /// Removes both, or none when one is somebody else's, and what `systemctl --user enable` made;
    /// returns what was there.
    List<Path> remove() throws Refused {
        requireOurs();
        var there = files().stream().filter(Files::exists).toList();
        config.remove(file(SERVICE), text -> isOurs(SERVICE_UNIT, text));
        config.remove(file(SOCKET), text -> isOurs(SOCKET_UNIT, text));
        var link = file(ENABLED);
        try {
            if (Files.isSymbolicLink(link)
                    && link.resolveSibling(Files.readSymbolicLink(link))
                            .normalize()
                            .equals(file(SOCKET))) {
                Files.delete(link);
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.OUTPUT_UNWRITABLE, link + " cannot be removed.");
        }
        return there;
    }

    private void requireOurs() throws Refused {
        ConfigHome.requireOurs(file(SERVICE), text -> isOurs(SERVICE_UNIT, text));
        ConfigHome.requireOurs(file(SOCKET), text -> isOurs(SOCKET_UNIT, text));
    }

    private static String filled(String unit, Map<String, String> values) {
        return VALUE.matcher(unit)
                .replaceAll(
                        found -> Matcher.quoteReplacement(values.getOrDefault(found.group(), "")));
    }

    /// Whether it is the unit as we write it, with whatever values.
    private static boolean isOurs(String unit, String text) {
        var pattern =
                VALUE.splitAsStream(unit)
                        .map(Pattern::quote)
                        .collect(Collectors.joining(unit.equals(SOCKET_UNIT) ? "/.+" : QUOTED));
        return Pattern.matches(pattern, text);
    }

    /// A path in which systemd sees no specifier (systemd.unit(5)).
    private static String specified(Path path) throws Refused {
        var text = path.toString();
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new Refused(
                    FailureKind.USAGE, Words.printable(text) + " fits no unit of systemd.");
        }
        return text.replace("%", "%%");
    }

    /// The same as a word of a command line behind the program (systemd.service(5)).
    private static String word(Path path) throws Refused {
        return quoted(specified(path).replace("$", "$$"));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
