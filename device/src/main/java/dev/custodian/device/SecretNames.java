package dev.custodian.device;

import dev.custodian.core.Secret;
import java.util.regex.Pattern;

/// What a [SecretStore] takes.
final class SecretNames {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,48}");

    private SecretNames() {}

    static String require(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name: " + name);
        }
        return name;
    }

    static void require(Secret secret) {
        if (secret.size() > SecretStore.LONGEST) {
            throw new IllegalArgumentException("a secret that is too long");
        }
    }
}
