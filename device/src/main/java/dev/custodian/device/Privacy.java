package dev.custodian.device;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;

/// How a file system keeps a folder of this user's from the other users: by modes, or by the rights
/// that its files inherit.
public sealed interface Privacy permits Modes, Rights {
    /// What the file system of `path` has; refused when it has neither.
    static Privacy of(Path path) throws Refused {
        var views = path.getFileSystem().supportedFileAttributeViews();
        if (views.contains("posix")) {
            return new Modes();
        }
        if (views.contains("acl")) {
            return new Rights();
        }
        throw new Refused(
                FailureKind.KEY_FILE_UNUSABLE,
                path + " is on a file system that cannot keep files from other users.");
    }

    /// Makes a folder that this user alone can enter, with those above it that are missing.
    void make(Path folder) throws IOException;

    /// What a new file in such a folder is made with.
    FileAttribute<?>[] file();

    /// Refuses a folder that others may enter.
    void requireFolder(Path folder) throws Refused, IOException;

    /// Refuses a file that others may read or write, and what is no file.
    void requireFile(Path file) throws Refused, IOException;

    /// Has the names in a folder survive a power cut.
    void force(Path folder) throws IOException;
}
