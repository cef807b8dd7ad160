package dev.custodian.server.config;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Files that hold secrets: of mode 0600, and refused when anyone else can read or write them.
public final class PrivateFile {
    private static final int LARGEST = 256 << 10;
    private static final int LONGEST_PIN = 1 << 10;
    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.complementOf(
                    EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    private static final Set<PosixFilePermission> OTHERS_OF_CREDENTIALS =
            EnumSet.complementOf(
                    EnumSet.of(
                            PosixFilePermission.OWNER_READ,
                            PosixFilePermission.OWNER_WRITE,
                            PosixFilePermission.GROUP_READ));

    private PrivateFile() {}

    static String read(Path file) throws Refused {
        try {
            requireOwn(file, LARGEST, OTHERS);
            return Files.readString(file);
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " cannot be read.");
        }
    }

    /// Reads a PIN, or a passphrase: what is in the file but for a line feed at its end.
    ///
    /// @param credentials the folder that systemd keeps a service's credentials in, its
    ///   `$CREDENTIALS_DIRECTORY`; null without one. It lets the service's user read them by an
    ///   ACL, which looks like a group's permission.
    public static Secret readPin(Path file, @Nullable Path credentials) throws Refused {
        try {
            requireOwn(
                    file,
                    LONGEST_PIN,
                    credentials != null && file.startsWith(credentials)
                            ? OTHERS_OF_CREDENTIALS
                            : OTHERS);
            try (var content = Secret.owning(Files.readAllBytes(file))) {
                var octets = content.expose();
                int end = octets.length;
                while (end > 0 && (octets[end - 1] == '\n' || octets[end - 1] == '\r')) {
                    end--;
                }
                if (end == 0) {
                    throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " is empty.");
                }
                return Secret.copyOf(octets, 0, end);
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " cannot be read.");
        }
    }

    private static void requireOwn(Path file, int largest, Set<PosixFilePermission> others)
            throws IOException, Refused {
        var open = EnumSet.copyOf(others);
        open.retainAll(Files.getPosixFilePermissions(file));
        if (!open.isEmpty()) {
            throw new Refused(FailureKind.KEY_FILE_EXPOSED, "Run: chmod 600 " + file);
        }
        if (Files.size(file) > largest) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " is too large.");
        }
    }

    /// Makes a file; one that is there already is never replaced.
    public static void create(Path file, String content) throws Refused {
        try {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, content, StandardOpenOption.SYNC);
        } catch (FileAlreadyExistsException e) {
            throw new Refused(
                    FailureKind.KEY_FILE_UNUSABLE, file + " is there already and is not replaced.");
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " cannot be written.");
        }
    }

    /// Puts a file in the place of one that is there: whoever reads finds the one or the other.
    static void replace(Path file, String content) throws Refused {
        var draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(draft);
            create(draft, content);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " cannot be written.");
        }
    }
}
