package dev.custodian.device;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.device.windows.FolderRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;

/// Privacy on Windows: the folder is this user's, and nobody but the user, the system and the
/// administrators, who can take any file, has a right to it. Its files inherit that.
record Rights() implements Privacy {
    @Override
    public void make(Path folder) throws IOException {
        var above = folder.toAbsolutePath().getParent();
        if (above != null) {
            Files.createDirectories(above);
        }
        FolderRights.make(folder);
    }

    @Override
    public FileAttribute<?>[] file() {
        return new FileAttribute<?>[0];
    }

    @Override
    public void requireFolder(Path folder) throws Refused, IOException {
        if (!Files.readAttributes(folder, BasicFileAttributes.class).isDirectory()) {
            throw unusable(folder + " is not a folder.");
        }
        var rights = FolderRights.of(folder);
        if (!rights.isOurs()) {
            throw exposed(folder + " belongs to another user. Make one of your own.");
        }
        if (!rights.strangers().isEmpty()) {
            throw exposed(
                    "Others may enter "
                            + folder
                            + ": "
                            + String.join(", ", rights.strangers())
                            + ". Take their rights away, or make a folder anew.");
        }
    }

    @Override
    public void requireFile(Path file) throws Refused, IOException {
        if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isRegularFile()) {
            throw unusable(file + " is not a file.");
        }
    }

    /// Windows has no such call for a folder: NTFS writes names to its log before it answers.
    @Override
    public void force(Path folder) {}

    private static Refused exposed(String detail) {
        return new Refused(FailureKind.KEY_FILE_EXPOSED, detail);
    }

    private static Refused unusable(String detail) {
        return new Refused(FailureKind.KEY_FILE_UNUSABLE, detail);
    }
}
