package dev.custodian.server.vault;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The master key of the embedded vault: 32 octets in a file of mode 0600 (FORMATS §4), or these
/// sealed under a passphrase. Newer ones are beside it, with a number at the end of their names:
/// `master.key`, `master.key.1` and so on. None is ever changed.
public final class MasterKey {
    private static final int SIZE = 32;
    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.complementOf(
                    EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    private MasterKey() {}

    /// Makes a new file, sealed if the passphrase is wanted; one that is there already is never
    /// replaced.
    public static void create(Path file, Passphrase passphrase, SecureRandom random)
            throws Refused {
        try (var key = Secret.owning(new byte[SIZE])) {
            random.nextBytes(key.expose());
            if (passphrase.isWanted()) {
                write(file, SealedMasterKey.seal(key, passphrase.get(), random).toArray());
            } else {
                write(file, key.expose());
            }
        }
    }

    private static void write(Path file, byte[] content) throws Refused {
        try {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.write(file, content, StandardOpenOption.SYNC);
        } catch (FileAlreadyExistsException e) {
            throw new Refused(
                    FailureKind.KEY_FILE_UNUSABLE, file + " is there already and is not replaced.");
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " cannot be written.");
        }
    }

    /// Makes a further key, which is the newest from now on; returns its file. It is there whole,
    /// and durable, or not at all.
    public static Path add(Path file, Passphrase passphrase, SecureRandom random) throws Refused {
        long last = files(file).isEmpty() ? 0 : number(file, files(file).getFirst());
        var added = file.resolveSibling(name(file) + "." + (last + 1));
        var draft = file.resolveSibling(name(file) + ".draft");
        try {
            Files.deleteIfExists(draft);
            create(draft, passphrase, random);
            Files.move(draft, added, StandardCopyOption.ATOMIC_MOVE);
            try (var folder = FileChannel.open(folder(file), StandardOpenOption.READ)) {
                folder.force(true);
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, added + " cannot be written.");
        }
        return added;
    }

    /// Reads all keys, the newest first; refused when there is none.
    public static List<Secret> readAll(Path file, Passphrase passphrase) throws Refused {
        var keys = new ArrayList<Secret>();
        try {
            for (var one : files(file)) {
                keys.add(read(one, passphrase));
            }
            if (keys.isEmpty()) {
                keys.add(read(file, passphrase));
            }
            return keys;
        } catch (Refused e) {
            keys.forEach(Secret::close);
            throw e;
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static Path folder(Path file) {
        return file.resolveSibling("").toAbsolutePath();
    }

    /// Those that are there, the newest first.
    private static List<Path> files(Path file) throws Refused {
        if (!Files.isDirectory(folder(file))) {
            return List.of();
        }
        var name = Pattern.quote(name(file));
        var pattern = Pattern.compile(name + "(\\.[1-9][0-9]{0,8})?");
        try (var all = Files.list(folder(file))) {
            return all.filter(one -> pattern.matcher(name(one)).matches())
                    .sorted(Comparator.comparingLong((Path one) -> number(file, one)).reversed())
                    .toList();
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, folder(file) + " cannot be read.");
        }
    }

    private static long number(Path file, Path one) {
        var rest = name(one).substring(name(file).length());
        return rest.isEmpty() ? 0 : Long.parseLong(rest.substring(1));
    }

    /// Reads the key; a file that anyone else may read, write or run is refused.
    ///
    /// @param passphrase asked for only if the key is sealed
    public static Secret read(Path file, Passphrase passphrase) throws Refused {
        var content = content(file);
        if (content.size() == SIZE) {
            return content;
        }
        try (content) {
            if (!SealedMasterKey.isOne(content)) {
                throw new Refused(
                        FailureKind.KEY_FILE_UNUSABLE,
                        file + " does not hold 32 octets, nor a key that this version sealed.");
            }
            return SealedMasterKey.open(content, passphrase.get());
        } catch (GeneralSecurityException e) {
            throw new Refused(
                    FailureKind.KEY_FILE_UNUSABLE,
                    "The passphrase is not the one of " + file + ", or that was changed.");
        }
    }

    private static Secret content(Path file) throws Refused {
        try {
            var open = EnumSet.copyOf(Files.getPosixFilePermissions(file));
            open.retainAll(OTHERS);
            if (!open.isEmpty()) {
                throw new Refused(FailureKind.KEY_FILE_EXPOSED, "Run: chmod 600 " + file);
            }
            if (Files.size(file) > SealedMasterKey.SIZE) {
                throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " is too large.");
            }
            return Secret.owning(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " cannot be read.");
        }
    }
}
