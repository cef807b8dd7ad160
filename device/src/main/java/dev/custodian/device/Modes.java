package dev.custodian.device;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Privacy by modes: 0700 for the folder, 0600 for its files.
record Modes() implements Privacy {
    private static final Set<PosixFilePermission> FOLDER =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE =
            PosixFilePermissions.fromString("rw-------");

    @Override
    public void make(Path folder) throws IOException {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
    }

    @Override
    public FileAttribute<?>[] file() {
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FILE)};
    }

    @Override
    public void requireFolder(Path folder) throws Refused, IOException {
        var attributes = Files.readAttributes(folder, PosixFileAttributes.class);
        if (!attributes.isDirectory()) {
            throw unusable(folder + " is not a folder.");
        }
        if (!FOLDER.containsAll(attributes.permissions())) {
            throw exposed(
                    folder,
                    attributes,
                    "Others may enter the folder of the keys. Run: chmod 700 " + folder);
        }
    }

    @Override
    public void requireFile(Path file) throws Refused, IOException {
        var attributes =
                Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw unusable(file + " is not a file.");
        }
        if (!FILE.containsAll(attributes.permissions())) {
            throw exposed(
                    file, attributes, "Others may read or write this file. Run: chmod 600 " + file);
        }
    }

    @Override
    public void force(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Refused exposed(Path path, PosixFileAttributes attributes, String whatToDo) {
        return new Refused(
                FailureKind.KEY_FILE_EXPOSED,
                path
                        + " has the mode "
                        + PosixFilePermissions.toString(attributes.permissions())
                        + ". "
                        + whatToDo);
    }

    private static Refused unusable(String detail) {
        return new Refused(FailureKind.KEY_FILE_UNUSABLE, detail);
    }
}
