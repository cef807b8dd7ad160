package dev.custodian.device;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A folder of mode 0700 with files of mode 0600. Whatever others can reach is refused before it is
/// read.
///
/// A file is there whole or not at all, also after a power cut.
final class PrivateFolder {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,64}\\.[a-z0-9]{1,8}");
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE =
            PosixFilePermissions.fromString("rw-------");

    private final Path folder;
    private final @Nullable FolderKey key;

    private PrivateFolder(Path folder, @Nullable FolderKey key) {
        this.folder = folder;
        this.key = key;
    }

    /// One whose files are as they are.
    static PrivateFolder open(Path folder) throws Refused {
        return open(folder, null);
    }

    /// @param key what its files are sealed with; null when they are not, and are refused
    ///   (`KEY_SEALED`) when they are
    static PrivateFolder open(Path folder, @Nullable FolderKey key) throws Refused {
        var opened = new PrivateFolder(folder, key);
        try {
            if (!Files.exists(folder)) {
                Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            }
            opened.requireUnexposed();
            return opened;
        } catch (IOException e) {
            throw unusable(folder + " cannot be made or read.");
        } catch (UnsupportedOperationException e) {
            throw unusable(
                    folder + " is on a file system that cannot keep files from other users.");
        }
    }

    Path path(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name: " + name);
        }
        return folder.resolve(name);
    }

    /// Writes a file that must not be there yet.
    void create(String name, Secret content) throws Refused {
        var path = path(name);
        try {
            // A link, unlike a rename, never replaces a key that is there.
            write(name, content, draft -> Files.createLink(path, draft));
        } catch (FileAlreadyExistsException e) {
            throw unusable(path + " is there already; it is not replaced.");
        } catch (IOException e) {
            throw unusable(path + " cannot be written.");
        }
    }

    /// Seals a file that is there and is not sealed yet.
    void seal(String name, int maxSize) throws Refused {
        var path = path(name);
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var content = octets(name, maxSize)) {
            if (!FolderKey.isSealed(content)) {
                write(
                        name,
                        content,
                        draft -> Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE));
            }
        } catch (IOException e) {
            throw unusable(path + " cannot be written.");
        }
    }

    private interface Placing {
        void place(Path draft) throws IOException;
    }

    private void write(String name, Secret content, Placing placing) throws Refused, IOException {
        requireUnexposed();
        var draft =
                Files.createTempFile(
                        folder, ".new", "", PosixFilePermissions.asFileAttribute(FILE));
        try (var sealed = key == null ? copy(content) : key.seal(name, content)) {
            try (var channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                for (var octets = ByteBuffer.wrap(sealed.expose()); octets.hasRemaining(); ) {
                    channel.write(octets);
                }
                channel.force(true);
            }
            placing.place(draft);
        } finally {
            Files.deleteIfExists(draft);
        }
        forceFolder();
    }

    private static Secret copy(Secret content) {
        return Secret.copyOf(content.expose(), 0, content.size());
    }

    /// Reads a whole file of at most `maxSize` octets, opened if it was sealed; some more when it
    /// is longer. The caller closes it.
    Secret read(String name, int maxSize) throws Refused {
        var content = octets(name, maxSize + FolderKey.OVERHEAD);
        if (!FolderKey.isSealed(content)) {
            return content;
        }
        try (content) {
            if (key == null) {
                throw new Refused(FailureKind.KEY_SEALED);
            }
            return key.open(name, content);
        }
    }

    private Secret octets(String name, int maxSize) throws Refused {
        var path = path(name);
        var buffer = new byte[maxSize + 1];
        try {
            requireUnexposed();
            requireUnexposedFile(path);
            int size;
            try (var in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
                size = in.readNBytes(buffer, 0, buffer.length);
            }
            return Secret.copyOf(buffer, 0, size);
        } catch (NoSuchFileException e) {
            throw unusable(path + " is missing.");
        } catch (IOException e) {
            throw unusable(path + " cannot be read.");
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
    }

    void delete(String name) throws Refused {
        var path = path(name);
        try {
            if (Files.deleteIfExists(path)) {
                forceFolder();
            }
        } catch (IOException e) {
            throw unusable(path + " cannot be deleted.");
        }
    }

    private void requireUnexposed() throws Refused, IOException {
        var attributes = Files.readAttributes(folder, PosixFileAttributes.class);
        if (!attributes.isDirectory()) {
            throw unusable(folder + " is not a folder.");
        }
        if (!OWNER_ONLY.containsAll(attributes.permissions())) {
            throw exposed(
                    folder,
                    attributes,
                    "Others may enter the folder of the keys. Run: chmod 700 " + folder);
        }
    }

    private static void requireUnexposedFile(Path path) throws Refused, IOException {
        var attributes =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw unusable(path + " is not a file.");
        }
        if (!FILE.containsAll(attributes.permissions())) {
            throw exposed(
                    path, attributes, "Others may read or write this file. Run: chmod 600 " + path);
        }
    }

    private void forceFolder() throws IOException {
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
