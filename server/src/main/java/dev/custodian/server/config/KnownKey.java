package dev.custodian.server.config;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// What a key of a token that others are wrapped under is known by. Nothing in it is secret;
/// whoever can write the file decides what keys are wrapped under, so it is not in the database.
///
/// @param id CKA_ID in hexadecimal, which anybody can give a key
/// @param mechanism that `wrapped` was wrapped by
/// @param wrapped a secret that left the token under the key
/// @param answer HMAC-SHA-256 of a fixed text under that secret
/// @param shares how many of how many shares give the key, as `2/3`; empty where there are none
public record KnownKey(
        String id, WrappingMechanism mechanism, Bytes wrapped, Bytes answer, String shares) {
    private static final int LARGEST = 1 << 16;
    private static final String HEX = "([0-9a-f]{2})+";
    private static final String SHARES = "([0-9]+/[0-9]+)?";
    private static final String FORMER = "former";

    /// Reads the file, the newest key first; none where there is no file.
    public static List<KnownKey> read(Path file) throws Refused {
        if (Files.notExists(file)) {
            return List.of();
        }
        Toml toml;
        try {
            toml = Toml.parse(file, Files.size(file) > LARGEST ? "" : Files.readString(file));
        } catch (IOException e) {
            throw new Refused(FailureKind.KEY_FILE_UNUSABLE, file + " cannot be read.");
        }
        var known = new ArrayList<KnownKey>();
        var former = toml.tables(FORMER);
        known.add(one(toml));
        for (var table : former) {
            known.add(one(table));
        }
        return List.copyOf(known);
    }

    private static KnownKey one(Toml toml) throws Refused {
        var mechanism =
                WrappingMechanism.valueOf(
                        toml.choice(
                                "mechanism",
                                "",
                                Arrays.stream(WrappingMechanism.values())
                                        .map(Enum::name)
                                        .toList()));
        var shares = toml.text("shares", "");
        if (!shares.matches(SHARES)) {
            throw toml.wrong("shares", "is not like \"2/3\"");
        }
        var known =
                new KnownKey(
                        hex(toml, "id"),
                        mechanism,
                        Bytes.fromHex(hex(toml, "wrapped")),
                        Bytes.fromHex(hex(toml, "answer")),
                        shares);
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
        PrivateFile.create(file, file(List.of(this)));
    }

    /// Puts this key before those that the file has.
    ///
    /// @param former what the file has
    public void succeed(Path file, List<KnownKey> former) throws Refused {
        var all = new ArrayList<>(List.of(this));
        all.addAll(former);
        PrivateFile.replace(file, file(all));
    }

    private static String file(List<KnownKey> known) {
        return """
        # What the token's wrapping keys are known by, the newest first: keys are wrapped under no
        # other. It is no secret, but who can write it decides. It belongs into the backup, with the
        # database.
        """
                + known.stream()
                        .map(KnownKey::entry)
                        .collect(Collectors.joining("\n[[" + FORMER + "]]\n"));
    }

    private String entry() {
        return """
        id = "%s"
        mechanism = "%s"
        wrapped = "%s"
        answer = "%s"
        """
                        .formatted(id, mechanism, wrapped.hex(), answer.hex())
                + (shares.isEmpty() ? "" : "shares = \"%s\"\n".formatted(shares));
    }
}
