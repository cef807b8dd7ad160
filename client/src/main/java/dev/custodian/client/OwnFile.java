package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;

/// A file of mode 0600, which is replaced whole or not at all. Where there are no modes, it has the
/// rights that it inherits from its folder.
final class OwnFile {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private OwnFile() {}

    private static boolean hasMode(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /// Reads a file; refuses one with any of the `forbidden` permissions.
    static Bytes read(Path file, PosixFilePermission... forbidden) throws Refused {
        try {
            if (hasMode(file)
                    && !Collections.disjoint(
                            Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS),
                            Arrays.asList(forbidden))) {
                throw new Refused(
                        FailureKind.KEY_FILE_EXPOSED,
                        "Others may use this file. Run: chmod 600 " + file);
            }
            return Bytes.of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new Refused(FailureKind.FILE_UNREADABLE, file + " cannot be read.");
        }
    }

    static void replace(Path file, Bytes content) throws Refused {
        try {
            var folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
            var draft =
                    hasMode(folder)
                            ? Files.createTempFile(folder, ".draft", "", OWNER_ONLY)
                            : Files.createTempFile(folder, ".draft", "");
            try {
                try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                    for (var octets = ByteBuffer.wrap(content.toArray()); octets.hasRemaining(); ) {
                        channel.write(octets);
                    }
                    channel.force(true);
                }
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.OUTPUT_UNWRITABLE, file + " cannot be written.");
        }
    }
}
