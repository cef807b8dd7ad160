package dev.custodian.core;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Secret octets that are wiped when closed: a PIN, a share, a key.
///
/// Made to be found: every place that reads the octets calls [#expose()]. A garbage collection
/// copies what it moves and wipes nothing, so a secret that has to wait for something slow is to
/// [#rest()] meanwhile.
public final class Secret implements AutoCloseable {
    private static final byte[] NONE = {};

    private final int size;
    private byte[] octets;
    private @Nullable MemorySegment rest;
    private boolean closed;

    private Secret(byte[] octets) {
        this.octets = octets;
        this.size = octets.length;
    }

    /// Takes `octets` over: the caller must not keep them, closing wipes this very array.
    public static Secret owning(byte[] octets) {
        return new Secret(octets);
    }

    /// Copies `from` (inclusive) to `to` (exclusive) of `octets`.
    public static Secret copyOf(byte[] octets, int from, int to) {
        return new Secret(Arrays.copyOfRange(octets, from, to));
    }

    /// The octets themselves, not a copy; valid until this is closed or rests.
    public byte[] expose() {
        if (closed) {
            throw new IllegalStateException("the secret was wiped");
        }
        if (rest != null) {
            octets = rest.toArray(ValueLayout.JAVA_BYTE);
            rest.fill((byte) 0);
            rest = null;
        }
        return octets;
    }

    /// Takes the octets out of the heap, to where nothing moves them, until they are exposed again.
    public void rest() {
        if (!closed && rest == null) {
            rest = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, octets);
            wipe();
        }
    }

    public int size() {
        return size;
    }

    @Override
    public void close() {
        closed = true;
        wipe();
        if (rest != null) {
            rest.fill((byte) 0);
            rest = null;
        }
    }

    private void wipe() {
        Arrays.fill(octets, (byte) 0);
        octets = NONE;
    }

    /// Compares in constant time.
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret s && MessageDigest.isEqual(expose(), s.expose());
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
