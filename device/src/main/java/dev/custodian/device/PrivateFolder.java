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
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A folder that is private, with private files. Whatever others can reach is refused before it is
/// read.
///
/// A file is there whole or not at all, also after a power cut.
final class PrivateFolder {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,64}\\.[a-z0-9]{1,8}");

    private final Path folder;
    private final Privacy privacy;
    private final @Nullable FolderKey key;

    private PrivateFolder(Path folder, Privacy privacy, @Nullable FolderKey key) {
        this.folder = folder;
        this.privacy = privacy;
        this.key = key;
    }

    /// One whose files are as they are.
    static PrivateFolder open(Path folder) throws Refused {
        return open(folder, null);
    }

    /// @param key what its files are sealed with; null when they are not, and are refused
    ///   (`KEY_SEALED`) when they are
    static PrivateFolder open(Path folder, @Nullable FolderKey key) throws Refused {
        var privacy = Privacy.of(folder);
        try {
            if (!Files.exists(folder)) {
                privacy.make(folder);
            }
            privacy.requireFolder(folder);
            return new PrivateFolder(folder, privacy, key);
        } catch (IOException e) {
            throw unusable(folder + " cannot be made or read.");
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
        privacy.requireFolder(folder);
        var draft = Files.createTempFile(folder, ".new", "", privacy.file());
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
        privacy.force(folder);
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
            privacy.requireFolder(folder);
            privacy.requireFile(path);
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
                privacy.force(folder);
            }
        } catch (IOException e) {
            throw unusable(path + " cannot be deleted.");
        }
    }

    private static Refused unusable(String detail) {
        return new Refused(FailureKind.KEY_FILE_UNUSABLE, detail);
    }
}
