package dev.custodian.bench;

import dev.custodian.core.KeyAlgorithm;
import java.util.ArrayList;
import java.util.List;

/// A use of a key in a token, as a plain loop makes it.
///
/// @param wrapped the key is unwrapped, signs and is destroyed; else it lives in the token
/// @param verified each signature is checked with the public key
/// @param digests that it signs
record Operation(KeyAlgorithm key, boolean wrapped, boolean verified, int digests) {
    static final List<KeyAlgorithm> KEYS = List.of(KeyAlgorithm.RSA_2048, KeyAlgorithm.P256);
    static final String VERIFIED = "verified";
    static final String PLAIN = "plain";

    /// All that a use with one digest can be.
    static List<Operation> all() {
        var all = new ArrayList<Operation>();
        for (var key : KEYS) {
            for (boolean wrapped : List.of(false, true)) {
                for (boolean verified : List.of(false, true)) {
                    all.add(new Operation(key, wrapped, verified, 1));
                }
            }
        }
        return all;
    }

    static String mode(boolean wrapped) {
        return wrapped ? "wrapped" : "resident";
    }

    String mode() {
        return mode(wrapped);
    }

    String check() {
        return verified ? VERIFIED : PLAIN;
    }

    /// As a loop is told to do it.
    String line(int count) {
        return "%s %s %s %d %d".formatted(key.display(), mode(), check(), digests, count);
    }
}
