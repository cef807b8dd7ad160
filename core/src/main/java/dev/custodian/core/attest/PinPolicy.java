package dev.custodian.core.attest;

import dev.custodian.core.MalformedException;

/// When a key on a PIV card wants the PIN. Numbers of Yubico's.
public enum PinPolicy {
    NEVER(1),
    /// Once after the application was selected.
    ONCE(2),
    /// Before each use.
    ALWAYS(3),
    /// A fingerprint or the PIN, once.
    MATCH_ONCE(4),
    /// A fingerprint or the PIN, before each use.
    MATCH_ALWAYS(5);

    private final int number;

    PinPolicy(int number) {
        this.number = number;
    }

    public static PinPolicy of(int number) throws MalformedException {
        for (var policy : values()) {
            if (policy.number == number) {
                return policy;
            }
        }
        throw new MalformedException("no PIN policy has the number " + number);
    }

    public int number() {
        return number;
    }
}
