package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.function.Predicate;

/// Where a user's programs look for what they are told (XDG Base Directory Specification), and the
/// files that we put there: made, replaced and removed only where nobody else's stands.
///
/// @param folder `XDG_CONFIG_HOME`, else `~/.config`
record ConfigHome(Path folder) {
    static ConfigHome of(Map<String, String> environment) {
        var set = Path.of(environment.getOrDefault("XDG_CONFIG_HOME", ""));
        // a relative one is to be ignored, says the specification
        return new ConfigHome(
                set.isAbsolute()
                        ? set
                        : Path.of(environment.getOrDefault("HOME", "/")).resolve(".config"));
    }

    Path resolve(String name) {
        return folder.resolve(name);
    }

    /// Writes a file of ours.
    ///
    /// @param isOurs whether a file with this content is one that we wrote
    void write(Path file, String content, Predicate<String> isOurs) throws Refused {
        requireOurs(file, isOurs);
        try {
            Files.createDirectories(file.getParent());
            var draft = Files.createTempFile(file.getParent(), ".custodian", "");
            try {
                Files.writeString(draft, content);
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new Refused(FailureKind.OUTPUT_UNWRITABLE, file + " cannot be written.");
        }
    }

    /// Removes a file of ours; whether there was one.
    boolean remove(Path file, Predicate<String> isOurs) throws Refused {
        requireOurs(file, isOurs);
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new Refused(FailureKind.OUTPUT_UNWRITABLE, file + " cannot be removed.");
        }
    }

    /// Refuses a file of somebody else.
    static void requireOurs(Path file, Predicate<String> isOurs) throws Refused {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isOurs.test(read(file))) {
            throw new Refused(FailureKind.SETTING_FOREIGN, "It is " + file + ".");
        }
    }

    /// What is in a file; nothing when it is not there or no text.
    static String read(Path file) throws Refused {
        try {
            if (Files.isSymbolicLink(file)) {
                throw new Refused(FailureKind.SETTING_FOREIGN, file + " is a link.");
            }
            return Files.readString(file);
        } catch (NoSuchFileException | java.nio.charset.CharacterCodingException e) {
            return "";
        } catch (IOException e) {
            throw new Refused(FailureKind.FILE_UNREADABLE, file + " cannot be read.");
        }
    }
}
