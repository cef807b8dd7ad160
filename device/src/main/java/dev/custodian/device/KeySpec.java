package dev.custodian.device;

import java.util.regex.Pattern;

/// A key to be made.
///
/// @param name 1 to 64 characters of `a-z 0-9 _ -`, once in a store; on a card its slot
public record KeySpec(String name, KeyType type) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,64}");

    public KeySpec {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name: " + name);
        }
    }
}
