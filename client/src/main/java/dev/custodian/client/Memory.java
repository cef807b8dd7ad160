package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
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
import java.util.Set;

/// Keeps what is [Remembered] in a file of mode 0600, which is replaced whole or not at all.
///
/// One process at a time: two would forget what the other saw.
public final class Memory {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private volatile Remembered remembered;

    private Memory(Path file, Remembered remembered) {
        this.file = file;
        this.remembered = remembered;
    }

    /// Begins a memory in `file`, in place of what was there.
    public static Memory begin(Path file, Remembered first) throws Refused {
        var memory = new Memory(file, first);
        memory.keep(first);
        return memory;
    }

    /// Reads the memory in `file`; refused when others could have changed it.
    public static Memory load(Path file) throws Refused {
        try {
            var mode = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
            if (mode.contains(PosixFilePermission.GROUP_WRITE)
                    || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new Refused(
                        FailureKind.KEY_FILE_EXPOSED,
                        "Others may change this file. Run: chmod 600 " + file);
            }
            return new Memory(file, Remembered.decode(Bytes.of(Files.readAllBytes(file))));
        } catch (IOException e) {
            throw new Refused(FailureKind.FILE_UNREADABLE, file + " cannot be read.");
        } catch (MalformedException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + ": " + e.getMessage() + ".");
        }
    }

    public Remembered now() {
        return remembered;
    }

    synchronized void keep(Remembered next) throws Refused {
        try {
            var folder = file.toAbsolutePath().getParent();
            var draft = Files.createTempFile(folder, ".memory", "", OWNER_ONLY);
            try {
                try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                    for (var octets = ByteBuffer.wrap(next.encode().toArray());
                            octets.hasRemaining(); ) {
                        channel.write(octets);
                    }
                    channel.force(true);
                }
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
            remembered = next;
        } catch (IOException e) {
            throw new Refused(FailureKind.OUTPUT_UNWRITABLE, file + " cannot be written.");
        }
    }
}
