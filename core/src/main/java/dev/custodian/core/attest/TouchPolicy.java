package dev.custodian.core.attest;

import dev.custodian.core.MalformedException;

/// When a key on a PIV card wants to be touched. Numbers of Yubico's.
public enum TouchPolicy {
    NEVER(1),
    /// Before each use.
    ALWAYS(2),
    /// Before a use, unless it was touched in the last 15 seconds.
    CACHED(3);

    private final int number;

    TouchPolicy(int number) {
        this.number = number;
    }

    public static TouchPolicy of(int number) throws MalformedException {
        for (var policy : values()) {
            if (policy.number == number) {
                return policy;
            }
        }
        throw new MalformedException("no touch policy has the number " + number);
    }

    public int number() {
        return number;
    }
}
