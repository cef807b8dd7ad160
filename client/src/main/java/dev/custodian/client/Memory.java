package dev.custodian.client;

import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

/// Keeps what is [Remembered] in a file of mode 0600, which is replaced whole or not at all.
///
/// One process at a time: two would forget what the other saw.
public final class Memory {
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
        var octets =
                OwnFile.read(
                        file, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
        try {
            return new Memory(file, Remembered.decode(octets));
        } catch (MalformedException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + ": " + e.getMessage() + ".");
        }
    }

    public Remembered now() {
        return remembered;
    }

    synchronized void keep(Remembered next) throws Refused {
        OwnFile.replace(file, next.encode());
        remembered = next;
    }
}
