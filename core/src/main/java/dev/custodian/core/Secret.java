package dev.custodian.core;

import java.security.MessageDigest;
import java.util.Arrays;

/// Secret octets that are wiped when closed: a PIN, a share, a key.
///
/// Made to be found: every place that reads the octets calls [#expose()].
public final class Secret implements AutoCloseable {
    private final byte[] octets;
    private boolean wiped;

    private Secret(byte[] octets) {
        this.octets = octets;
    }

    /// Takes `octets` over: the caller must not keep them, closing wipes this very array.
    public static Secret owning(byte[] octets) {
        return new Secret(octets);
    }

    /// Copies `from` (inclusive) to `to` (exclusive) of `octets`.
    public static Secret copyOf(byte[] octets, int from, int to) {
        return new Secret(Arrays.copyOfRange(octets, from, to));
    }

    /// The octets themselves, not a copy; valid until this is closed.
    public byte[] expose() {
        if (wiped) {
            throw new IllegalStateException("the secret was wiped");
        }
        return octets;
    }

    public int size() {
        return octets.length;
    }

    @Override
    public void close() {
        Arrays.fill(octets, (byte) 0);
        wiped = true;
    }

    /// Compares in constant time.
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret s && MessageDigest.isEqual(octets, s.octets);
    }

    /// The same for all, so that no table reveals anything.
    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    /// Says nothing, not even the size: a PIN's length helps who guesses it.
    @Override
    public String toString() {
        return "Secret";
    }
}
