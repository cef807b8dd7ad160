package dev.custodian.server.store;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Keeps a second server off a data folder: two would close each other's uses (FORMATS §7).
///
/// The operating system ends the lock with the process, so that none is left behind by a crash.
public final class FolderLock implements AutoCloseable {
    private final FileChannel file;

    private FolderLock(FileChannel file) {
        this.file = file;
    }

    /// Takes the lock of `folder`, or refuses with `FOLDER_IN_USE`.
    public static FolderLock take(Path folder) throws Refused {
        FileChannel file = null;
        try {
            file =
                    FileChannel.open(
                            folder.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (file.tryLock() != null) {
                return new FolderLock(file);
            }
            file.close();
        } catch (OverlappingFileLockException e) {
            closeQuietly(file);
        } catch (IOException e) {
            closeQuietly(file);
            throw new Refused(
                    FailureKind.STORAGE_FAILED, "The data folder " + folder + " cannot be locked.");
        }
        throw new Refused(FailureKind.FOLDER_IN_USE, "The folder is " + folder + ".");
    }

    private static void closeQuietly(@Nullable FileChannel file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            // it held no lock
        }
    }

    @Override
    public void close() {
        closeQuietly(file);
    }
}
