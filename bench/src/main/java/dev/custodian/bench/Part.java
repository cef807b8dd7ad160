package dev.custodian.bench;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// What can be measured alone.
enum Part {
    /// The programs as a user starts them.
    PROGRAMS,
    /// The library for Windows, under Wine.
    WINDOWS,
    /// The server and what leads to it, with the embedded vault.
    SERVER,
    /// Device keys, beside others' programs on the same simulated TPM.
    DEVICE,
    /// The HSM vault, beside plain loops over the same token.
    HSM,
    /// A thousand and a million credentials.
    CROWD;

    /// Reads names with blanks between them; all, where there is none.
    static Set<Part> parse(String names) {
        if (names.isBlank()) {
            return EnumSet.allOf(Part.class);
        }
        var parts = EnumSet.noneOf(Part.class);
        Arrays.stream(names.strip().toUpperCase(Locale.ROOT).split(" +", -1))
                .map(Part::valueOf)
                .forEach(parts::add);
        return parts;
    }
}
