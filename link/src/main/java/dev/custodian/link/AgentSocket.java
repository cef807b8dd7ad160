package dev.custodian.link;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;

/// Where a user's agent listens, and whose both ends must be.
///
/// @param path in a folder of its own, at most 107 octets (`sockaddr_un`)
/// @param user whom folder, agent and programs must belong to
public record AgentSocket(Path path, UserPrincipal user) implements AgentAddress {
    private static final int LONGEST = 107;
    private static final Path OURSELVES = Path.of("/proc/self");
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rwx------");

    /// The socket of the user who runs this process: `custodian/agent.sock` in `XDG_RUNTIME_DIR`,
    /// else in `/run/user/UID`; where there is none, `/tmp/custodian-UID/agent.sock`.
    public static AgentSocket of(Map<String, String> environment) throws Refused {
        try {
            return new AgentSocket(
                    folder(environment, (int) Files.getAttribute(OURSELVES, "unix:uid"))
                            .resolve("agent.sock"),
                    Files.getOwner(OURSELVES));
        } catch (IOException e) {
            throw new Refused(FailureKind.AGENT_UNREACHABLE, "There is no /proc/self here.");
        }
    }

    static Path folder(Map<String, String> environment, int uid) {
        var runtime = Path.of(environment.getOrDefault("XDG_RUNTIME_DIR", ""));
        // a relative one is to be ignored, says the XDG Base Directory Specification
        if (!runtime.isAbsolute()) {
            runtime = Path.of("/run/user/" + uid);
        }
        return Files.isDirectory(runtime)
                ? runtime.resolve("custodian")
                : Path.of("/tmp/custodian-" + uid);
    }

    @Override
    public String text() {
        return path.toString();
    }

    /// Refuses a folder that others can enter or that is not the user's own: whoever can write
    /// there can put a socket of his in place of the agent's.
    public void requireOurFolder() throws Refused {
        var folder = path.toAbsolutePath().getParent();
        if (Bytes.utf8(path.toString()).size() > LONGEST) {
            throw unreachable(path + " is too long for a socket: at most " + LONGEST + " octets.");
        }
        PosixFileAttributes attributes;
        try {
            attributes =
                    Files.readAttributes(
                            folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw unreachable(folder + " is not there.");
        }
        if (!attributes.isDirectory()) {
            throw foreign(folder + " is not a folder.");
        }
        if (!attributes.owner().equals(user)) {
            throw foreign(folder + " belongs to " + attributes.owner().getName() + ".");
        }
        if (!OWNER_ONLY.containsAll(attributes.permissions())) {
            throw foreign(
                    folder
                            + " has the mode "
                            + PosixFilePermissions.toString(attributes.permissions())
                            + ", not rwx------.");
        }
    }

    /// Refuses a peer that is not a process of the same user, as the system says (`SO_PEERCRED`).
    public void requireOurPeer(SocketChannel channel) throws Refused, IOException {
        var peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        if (!peer.equals(user)) {
            throw foreign("The other end of " + path + " belongs to " + peer.getName() + ".");
        }
    }

    private static Refused unreachable(String detail) {
        return new Refused(FailureKind.AGENT_UNREACHABLE, detail);
    }

    private static Refused foreign(String detail) {
        return new Refused(FailureKind.AGENT_FOREIGN, detail);
    }
}
