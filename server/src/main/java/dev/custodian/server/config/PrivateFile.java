package dev.custodian.server.config;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;

/// Files that hold secrets: of mode 0600, and refused when anyone else can read or write them.
public final class PrivateFile {
    private static final int LARGEST = 256 << 10;
    private static final EnumSet<PosixFilePermission> OTHERS =
            EnumSet.complementOf(
                    EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    private PrivateFile() {}

    static String read(Path file) throws Refused {
        try {
            var open = EnumSet.copyOf(Files.getPosixFilePermissions(file));
            open.retainAll(OTHERS);
            if (!open.isEmpty()) {
                throw new Refused(FailureKind.KEY_FILE_EXPOSED, "Run: chmod 600 " + file);
            }
            if (Files.size(file) > LARGEST) {
                throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " is too large.");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " cannot be read.");
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
}
