package dev.custodian.core.evidence;

import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.Secret;

/// What the owner and the device prove in one activation: `u8 1 | u8 n | n PIN octets | share (32)
/// | r (32)`; with one more secret, which some changes bring, `u8 2 | … | u8 m | m octets`.
///
/// One box holds all of it, so that nobody on the way can exchange a part.
///
/// @param pin octets of the PIN as the agent normalised it (NFKC, UTF-8), 1 to 64
/// @param share the device's share, 32 octets
/// @param r 32 fresh random octets of which the SAD is derived
/// @param more a new PIN or a [RecoveryCode], at most 64 octets; of size 0 in version 1
public record Factors(Secret pin, Secret share, Secret r, Secret more) implements AutoCloseable {
    /// Octets of a share and of `r`.
    public static final int SHARE = 32;

    /// Longest PIN in octets.
    public static final int LONGEST_PIN = 64;

    /// Longest further secret in octets.
    public static final int LONGEST_MORE = 64;

    static final int LEAST = 2 + 1 + SHARE + SHARE;
    static final int MOST = 2 + LONGEST_PIN + SHARE + SHARE + 1 + LONGEST_MORE;
    private static final byte VERSION = 1;
    private static final byte WITH_MORE = 2;

    public Factors {
        if (pin.size() < 1
                || pin.size() > LONGEST_PIN
                || share.size() != SHARE
                || r.size() != SHARE
                || more.size() > LONGEST_MORE) {
            throw new IllegalArgumentException("factors of the wrong size");
        }
    }

    /// Factors without a further secret.
    public Factors(Secret pin, Secret share, Secret r) {
        this(pin, share, r, Secret.owning(new byte[0]));
    }

    Secret encode() {
        boolean longer = more.size() > 0;
        int end = 2 + pin.size() + SHARE + SHARE;
        var octets = new byte[longer ? end + 1 + more.size() : end];
        octets[0] = longer ? WITH_MORE : VERSION;
        octets[1] = (byte) pin.size();
        System.arraycopy(pin.expose(), 0, octets, 2, pin.size());
        System.arraycopy(share.expose(), 0, octets, 2 + pin.size(), SHARE);
        System.arraycopy(r.expose(), 0, octets, 2 + pin.size() + SHARE, SHARE);
        if (longer) {
            octets[end] = (byte) more.size();
            System.arraycopy(more.expose(), 0, octets, end + 1, more.size());
        }
        return Secret.owning(octets);
    }

    /// Reads factors; the caller wipes `plaintext`.
    public static Factors decode(Secret plaintext) throws MalformedException {
        var octets = plaintext.expose();
        if (octets.length < LEAST) {
            throw new MalformedException(Reason.SIZE, "factors too short");
        }
        if (octets[0] != VERSION && octets[0] != WITH_MORE) {
            throw new MalformedException("factors of an unknown version");
        }
        int size = octets[1] & 0xff;
        int end = 2 + size + SHARE + SHARE;
        if (size < 1 || size > LONGEST_PIN || !endsRight(octets, end)) {
            throw new MalformedException(Reason.SIZE, "factors of the wrong size");
        }
        int share = 2 + size;
        int r = share + SHARE;
        int more = Math.min(end + 1, octets.length);
        return new Factors(
                Secret.copyOf(octets, 2, share),
                Secret.copyOf(octets, share, r),
                Secret.copyOf(octets, r, end),
                Secret.copyOf(octets, more, octets.length));
    }

    private static boolean endsRight(byte[] octets, int end) {
        if (octets[0] == VERSION) {
            return octets.length == end;
        }
        if (octets.length <= end) {
            return false;
        }
        int more = octets[end] & 0xff;
        return more >= 1 && more <= LONGEST_MORE && octets.length == end + 1 + more;
    }

    /// Takes all of them out of the heap until they are used.
    public void rest() {
        pin.rest();
        share.rest();
        r.rest();
        more.rest();
    }

    @Override
    public void close() {
        pin.close();
        share.close();
        r.close();
        more.close();
    }
}
