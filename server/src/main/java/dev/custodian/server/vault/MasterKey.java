package dev.custodian.server.vault;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Set;

/// The master key of the embedded vault: 32 octets in a file of mode 0600 (FORMATS §4).
public final class MasterKey {
    private static final int SIZE = 32;
    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.complementOf(
                    EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    private MasterKey() {}

    /// Makes a new file; one that is there already is never replaced.
    public static void create(Path file, SecureRandom random) throws Refused {
        try (var key = Secret.owning(new byte[SIZE])) {
            random.nextBytes(key.expose());
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.write(file, key.expose(), StandardOpenOption.SYNC);
        } catch (FileAlreadyExistsException e) {
            throw new Refused(
                    FailureKind.KEY_FILE_UNUSABLE, file + " is there already and is not replaced.");
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " cannot be written.");
        }
    }

    /// Reads the key; a file that anyone else may read, write or run is refused.
    public static Secret read(Path file) throws Refused {
        try {
            var open = EnumSet.copyOf(Files.getPosixFilePermissions(file));
            open.retainAll(OTHERS);
            if (!open.isEmpty()) {
                throw new Refused(FailureKind.KEY_FILE_EXPOSED, "Run: chmod 600 " + file);
            }
            if (Files.size(file) != SIZE) {
                throw new Refused(
                        FailureKind.KEY_FILE_UNUSABLE, file + " does not hold 32 octets.");
            }
            return Secret.owning(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " cannot be read.");
        }
    }
}
