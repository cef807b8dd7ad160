package dev.custodian.server.config;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What the key of a token that others are wrapped under is known by. Nothing in it is secret;
/// whoever can write the file decides what keys are wrapped under, so it is not in the database.
///
/// @param id CKA_ID in hexadecimal, which anybody can give a key
/// @param mechanism that `wrapped` was wrapped by
/// @param wrapped a secret that left the token under the key
/// @param answer HMAC-SHA-256 of a fixed text under that secret
public record KnownKey(String id, WrappingMechanism mechanism, Bytes wrapped, Bytes answer) {
    private static final int LARGEST = 4096;
    private static final String HEX = "([0-9a-f]{2})+";

    /// Reads the file; null where there is none.
    public static @Nullable KnownKey read(Path file) throws Refused {
        if (Files.notExists(file)) {
            return null;
        }
        Toml toml;
        try {
            toml = Toml.parse(file, Files.size(file) > LARGEST ? "" : Files.readString(file));
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " cannot be read.");
        }
        var mechanism =
                WrappingMechanism.valueOf(
                        toml.choice(
                                "mechanism",
                                "",
                                Arrays.stream(WrappingMechanism.values())
                                        .map(Enum::name)
                                        .toList()));
        var known =
                new KnownKey(
                        hex(toml, "id"),
                        mechanism,
                        Bytes.fromHex(hex(toml, "wrapped")),
                        Bytes.fromHex(hex(toml, "answer")));
        toml.done();
        return known;
    }

    private static String hex(Toml toml, String key) throws Refused {
        var text = toml.text(key, "");
        if (!text.matches(HEX)) {
            throw toml.wrong(key, "is not in hexadecimal");
        }
        return text;
    }

    /// Makes the file; one that is there already is never replaced.
    public void create(Path file) throws Refused {
        PrivateFile.create(
                file,
                """
                # What the token's wrapping key is known by: keys are wrapped under no other. It is no
                # secret, but who can write it decides. It belongs into the backup, with the database.
                id = "%s"
                mechanism = "%s"
                wrapped = "%s"
                answer = "%s"
                """
                        .formatted(id, mechanism, wrapped.hex(), answer.hex()));
    }
}
