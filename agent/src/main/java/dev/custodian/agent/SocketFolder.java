package dev.custodian.agent;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/// Where the sockets are: a folder that no other user can enter, so that none can put a socket of
/// its own there.
final class SocketFolder {
    private static final String MODE = "rwx------";

    private SocketFolder() {}

    /// Makes it if it is missing; refused when others may enter it, or when it is another user's.
    static Path open(Path folder) throws Refused {
        try {
            if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(
                        folder,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString(MODE)));
            }
            var found =
                    Files.readAttributes(
                            folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            var uid = (int) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (!found.isDirectory()
                    || !found.permissions().equals(PosixFilePermissions.fromString(MODE))
                    || uid != dev.custodian.agent.unix.ThisProcess.user()) {
                throw new Refused(
                        FailureKind.SOCKET_TAKEN,
                        folder + " has to be a folder of yours alone. Run: chmod 700 " + folder);
            }
            return folder;
        } catch (IOException e) {
            throw new Refused(FailureKind.SOCKET_TAKEN, folder + " cannot be made or read.");
        }
    }
}
