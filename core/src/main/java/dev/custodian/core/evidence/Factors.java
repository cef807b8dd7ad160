package dev.custodian.core.evidence;

import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.Secret;
import java.util.Arrays;

/// What the owner and the device prove in one activation: `u8 1 | u8 n | n PIN octets | share (32)
/// | r (32)`.
///
/// @param pin octets of the PIN as the agent normalised it (NFKC, UTF-8), 1 to 64
/// @param share the device's share, 32 octets
/// @param r 32 fresh random octets of which the SAD is derived
public record Factors(Secret pin, Secret share, Secret r) implements AutoCloseable {
    /// Octets of a share and of `r`.
    public static final int SHARE = 32;

    /// Longest PIN in octets.
    public static final int LONGEST_PIN = 64;

    static final int LEAST = 2 + 1 + SHARE + SHARE;
    static final int MOST = 2 + LONGEST_PIN + SHARE + SHARE;
    private static final byte VERSION = 1;

    public Factors {
        if (pin.size() < 1
                || pin.size() > LONGEST_PIN
                || share.size() != SHARE
                || r.size() != SHARE) {
            throw new IllegalArgumentException("factors of the wrong size");
        }
    }

    Secret encode() {
        var octets = new byte[2 + pin.size() + SHARE + SHARE];
        octets[0] = VERSION;
        octets[1] = (byte) pin.size();
        System.arraycopy(pin.expose(), 0, octets, 2, pin.size());
        System.arraycopy(share.expose(), 0, octets, 2 + pin.size(), SHARE);
        System.arraycopy(r.expose(), 0, octets, 2 + pin.size() + SHARE, SHARE);
        return Secret.owning(octets);
    }

    /// Reads factors; the caller wipes `plaintext`.
    public static Factors decode(Secret plaintext) throws MalformedException {
        var octets = plaintext.expose();
        if (octets.length < LEAST) {
            throw new MalformedException(Reason.SIZE, "factors too short");
        }
        if (octets[0] != VERSION) {
            throw new MalformedException("factors of an unknown version");
        }
        int size = octets[1] & 0xff;
        if (size < 1 || size > LONGEST_PIN || octets.length != 2 + size + SHARE + SHARE) {
            throw new MalformedException(Reason.SIZE, "factors of the wrong size");
        }
        int share = 2 + size;
        int r = share + SHARE;
        return new Factors(
                Secret.owning(Arrays.copyOfRange(octets, 2, share)),
                Secret.owning(Arrays.copyOfRange(octets, share, r)),
                Secret.owning(Arrays.copyOfRange(octets, r, r + SHARE)));
    }

    /// Takes all of them out of the heap until they are used.
    public void rest() {
        pin.rest();
        share.rest();
        r.rest();
    }

    @Override
    public void close() {
        pin.close();
        share.close();
        r.close();
    }
}
