package dev.custodian.agent.session;

import dev.custodian.agent.unix.ThisProcess;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.device.Privacy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// That a folder is this process's alone, until it is closed or the process ends.
final class FolderLock implements AutoCloseable {
    private final FileChannel file;

    private FolderLock(FileChannel file) {
        this.file = file;
    }

    /// Whoever else owns the folder can put another device there. Where there are no modes, its
    /// rights were looked at already, and the owner with them.
    static void requireOurs(Path folder) throws Refused {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return;
        }
        try {
            var owner = (int) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            if (owner != ThisProcess.user()) {
                throw new Refused(
                        FailureKind.KEY_FILE_EXPOSED,
                        folder + " belongs to another user. Make one of your own.");
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, folder + " cannot be read.");
        }
    }

    /// Refused with `AGENT_IN_USE` when another one has it.
    static FolderLock take(Path folder, Privacy privacy) throws Refused {
        try {
            var file =
                    FileChannel.open(
                            folder.resolve("lock"),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            privacy.file());
            try {
                if (file.tryLock() != null) {
                    return new FolderLock(file);
                }
            } catch (OverlappingFileLockException e) {
                // held by this very process
            }
            file.close();
            throw new Refused(FailureKind.AGENT_IN_USE, "The folder is " + folder + ".");
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, folder + " cannot be locked.");
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // the lock ends with the process at the latest
        }
    }
}
