package dev.custodian.server.vault;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How many of how many shares are needed.
///
/// @param least that are needed, from 2: one alone would be a copy
/// @param count that are made, to 16
public record Split(int least, int count) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,2})/([0-9]{1,2})");
    private static final int FEWEST = 2;
    private static final int MOST = 16;

    /// Reads `2/3`; null for what is none, or not wise.
    public static @Nullable Split parse(String text) {
        var matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        int least = Integer.parseInt(matcher.group(1));
        int count = Integer.parseInt(matcher.group(2));
        return least < FEWEST || least > count || count > MOST ? null : new Split(least, count);
    }

    @Override
    public String toString() {
        return least + "/" + count;
    }
}
