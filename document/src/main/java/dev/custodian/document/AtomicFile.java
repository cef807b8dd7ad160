package dev.custodian.document;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// Writes a new file whole or not at all: into a neighbour with a name of its own, to the disk,
/// then renamed. An existing file is never replaced, and nothing is left behind when writing fails.
final class AtomicFile {
    /// What a file system may need beyond the octets themselves.
    private static final long SPARE = 64 * 1024;

    private AtomicFile() {}

    interface Content {
        void writeTo(OutputStream out) throws IOException, Refused;
    }

    /// Refuses what can be told before anything is approved or written; `size` is the least that
    /// will be written.
    static void requireWritable(Path target, long size) throws Refused {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refused(FailureKind.OUTPUT_EXISTS, target.toString());
        }
        var folder = folderOf(target);
        if (!Files.isDirectory(folder)) {
            throw new Refused(FailureKind.OUTPUT_UNWRITABLE, "There is no folder " + folder + ".");
        }
        if (!Files.isWritable(folder)) {
            throw new Refused(
                    FailureKind.OUTPUT_UNWRITABLE, "The folder " + folder + " may not be written.");
        }
        if (hasLessThan(folder, size)) {
            throw new Refused(FailureKind.DISK_FULL, target + " needs " + size + " octets.");
        }
    }

    static void write(Path target, long size, Content content) throws Refused {
        requireWritable(target, size);
        var folder = folderOf(target);
        var part = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            try (var channel =
                    FileChannel.open(
                            part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(Channels.newOutputStream(channel));
                channel.force(true);
            }
            publish(part, target);
            sync(folder);
        } catch (FileAlreadyExistsException _) {
            throw new Refused(FailureKind.OUTPUT_EXISTS, target.toString());
        } catch (IOException _) {
            throw new Refused(
                    hasLessThan(folder, SPARE)
                            ? FailureKind.DISK_FULL
                            : FailureKind.OUTPUT_UNWRITABLE,
                    target.toString());
        } finally {
            deleteQuietly(part);
        }
    }

    /// A hard link fails when the name is taken, which a rename does not; where there are no links,
    /// a rename must do.
    private static void publish(Path part, Path target) throws IOException {
        try {
            Files.createLink(target, part);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | IOException _) {
            Files.move(part, target);
        }
    }

    /// Makes the new name durable. Systems that cannot open a folder do it by themselves.
    private static void sync(Path folder) {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException _) {
            return;
        }
    }

    private static boolean hasLessThan(Path folder, long octets) {
        try {
            return Files.getFileStore(folder).getUsableSpace() < octets;
        } catch (IOException _) {
            return false;
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            return; // the failure that led here is the one to tell
        }
    }

    private static Path folderOf(Path file) {
        var folder = file.toAbsolutePath().getParent();
        return folder == null ? file.toAbsolutePath() : folder;
    }
}
