package dev.custodian.device;

import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A folder that is private, with private files. Whatever others can reach is refused before it is
/// read.
///
/// A file is there whole or not at all, also after a power cut.
final class PrivateFolder {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,64}\\.[a-z0-9]{1,8}");

    /// How the name of a file begins that is not whole yet.
    private static final String DRAFT = ".new";

    private final Path folder;
    private final Privacy privacy;
    private final @Nullable FolderKey key;

    private PrivateFolder(Path folder, Privacy privacy, @Nullable FolderKey key) {
        this.folder = folder;
        this.privacy = privacy;
        this.key = key;
    }

    /// One whose files are as they are.
    static PrivateFolder open(Path folder) throws DeviceException {
        return open(folder, null);
    }

    /// @param key what its files are sealed with; null when they are not, and are refused
    ///   (`KEY_SEALED`) when they are
    static PrivateFolder open(Path folder, @Nullable FolderKey key) throws DeviceException {
        try {
            var privacy = Privacy.of(folder);
            if (!Files.exists(folder)) {
                privacy.make(folder);
            }
            privacy.requireFolder(folder);
            sweep(folder);
            return new PrivateFolder(folder, privacy, key);
        } catch (Refused e) {
            throw DeviceException.of(e);
        } catch (IOException e) {
            throw failed(folder + " cannot be made or read.", e);
        }
    }

    /// Removes drafts that a program left which ended in the middle of a write: a day is more than
    /// any write takes.
    private static void sweep(Path folder) throws IOException {
        var before = FileTime.from(Instant.now().minus(Duration.ofDays(1)));
        try (var drafts = Files.newDirectoryStream(folder, DRAFT + "*")) {
            for (var draft : drafts) {
                if (Files.getLastModifiedTime(draft, LinkOption.NOFOLLOW_LINKS).compareTo(before)
                        < 0) {
                    Files.delete(draft);
                }
            }
        } catch (NoSuchFileException e) {
            // another program swept it
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    Path folder() {
        return folder;
    }

    Path path(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name: " + name);
        }
        return folder.resolve(name);
    }

    /// The name of a file with this ending, given its path.
    ///
    /// @throws DeviceException `KEY_UNKNOWN` when it is not in this folder
    String nameOf(Path file, String ending) throws DeviceException {
        var name = String.valueOf(file.getFileName());
        if (!folder.equals(file.getParent())
                || !NAME.matcher(name).matches()
                || !name.endsWith(ending)) {
            throw new DeviceException(
                    DeviceFailure.KEY_UNKNOWN, file + " is no key of the folder " + folder + ".");
        }
        return name;
    }

    boolean has(String name) {
        return Files.exists(path(name), LinkOption.NOFOLLOW_LINKS);
    }

    /// The names with this ending, without it and in order. Drafts have none.
    List<String> names(String ending) throws DeviceException {
        var names = new ArrayList<String>();
        try (var files = Files.newDirectoryStream(folder)) {
            for (var file : files) {
                var name = String.valueOf(file.getFileName());
                if (NAME.matcher(name).matches() && name.endsWith(ending)) {
                    names.add(name.substring(0, name.length() - ending.length()));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw failed(folder + " cannot be read.", e);
        }
        names.sort(null);
        return names;
    }

    /// Writes a file that must not be there yet.
    void create(String name, Secret content) throws DeviceException {
        var path = path(name);
        try {
            // A link, unlike a rename, never replaces a key that is there.
            write(name, content, draft -> Files.createLink(path, draft));
        } catch (FileAlreadyExistsException e) {
            throw new DeviceException(
                    DeviceFailure.KEY_EXISTS, path + " is there already; it is not replaced.");
        } catch (IOException e) {
            throw failed(path + " cannot be written.", e);
        }
    }

    /// Writes a file in the place of one that is there.
    void replace(String name, Secret content) throws DeviceException {
        var path = path(name);
        try {
            write(name, content, draft -> Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE));
        } catch (IOException e) {
            throw failed(path + " cannot be written.", e);
        }
    }

    /// Writes a file as [#create] does, and leaves none.
    void rehearse(String name, Secret content) throws DeviceException {
        try {
            write(name, content, _ -> {});
        } catch (IOException e) {
            throw failed(path(name) + " cannot be written.", e);
        }
    }

    /// Seals a file that is there and is not sealed yet.
    void seal(String name, int maxSize) throws DeviceException {
        if (!has(name)) {
            return;
        }
        try (var content = octets(name, maxSize)) {
            if (!FolderKey.isSealed(content)) {
                replace(name, content);
            }
        }
    }

    private interface Placing {
        void place(Path draft) throws IOException;
    }

    private void write(String name, Secret content, Placing placing)
            throws DeviceException, IOException {
        requireFolder();
        var draft = Files.createTempFile(folder, DRAFT, "", privacy.file());
        try (var sealed = sealed(name, content)) {
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
        privacy.force(folder);
    }

    private void requireFolder() throws DeviceException, IOException {
        try {
            privacy.requireFolder(folder);
        } catch (Refused e) {
            throw DeviceException.of(e);
        }
    }

    private Secret sealed(String name, Secret content) throws DeviceException {
        try {
            return key == null ? copy(content) : key.seal(name, content);
        } catch (Refused e) {
            throw DeviceException.of(e);
        }
    }

    private static Secret copy(Secret content) {
        return Secret.copyOf(content.expose(), 0, content.size());
    }

    /// Reads a whole file of at most `maxSize` octets, opened if it was sealed; some more when it
    /// is longer. The caller closes it.
    Secret read(String name, int maxSize) throws DeviceException {
        var content = octets(name, maxSize + FolderKey.OVERHEAD);
        return FolderKey.isSealed(content) ? opened(name, content) : content;
    }

    /// The same of a file that has to be sealed. The caller closes it.
    Secret readSealed(String name, int maxSize) throws DeviceException {
        var content = octets(name, maxSize + FolderKey.OVERHEAD);
        if (!FolderKey.isSealed(content)) {
            content.close();
            throw new DeviceException(
                    DeviceFailure.KEY_DAMAGED, path(name) + " is not sealed, as it has to be.");
        }
        return opened(name, content);
    }

    private Secret opened(String name, Secret content) throws DeviceException {
        try (content) {
            if (key == null) {
                throw new DeviceException(DeviceFailure.STORE_SEALED);
            }
            return key.open(name, content);
        } catch (Refused e) {
            throw DeviceException.of(e);
        }
    }

    private Secret octets(String name, int maxSize) throws DeviceException {
        var path = path(name);
        var buffer = new byte[maxSize + 1];
        try {
            requireFolder();
            privacy.requireFile(path);
            int size;
            try (var in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
                size = in.readNBytes(buffer, 0, buffer.length);
            }
            return Secret.copyOf(buffer, 0, size);
        } catch (Refused e) {
            throw DeviceException.of(e);
        } catch (NoSuchFileException e) {
            throw new DeviceException(DeviceFailure.KEY_UNKNOWN, path + " is missing.");
        } catch (IOException e) {
            throw failed(path + " cannot be read.", e);
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
    }

    /// Whether there was one.
    boolean delete(String name) throws DeviceException {
        var path = path(name);
        try {
            boolean was = Files.deleteIfExists(path);
            if (was) {
                privacy.force(folder);
            }
            return was;
        } catch (IOException e) {
            throw failed(path + " cannot be deleted.", e);
        }
    }

    private static DeviceException failed(String detail, Exception cause) {
        return new DeviceException(DeviceFailure.STORE_BROKEN, 0, detail, cause);
    }
}
