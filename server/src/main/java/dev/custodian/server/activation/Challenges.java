package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.UnaryOperator;

/// Nonces that nobody stores: an HMAC over time slot, owner and kind of intent (FORMATS §1). They
/// bound how old an intent can be; that it is not used twice is held by the authorization's row.
public final class Challenges {
    private static final int SLOT_SECONDS = 30;
    private static final int SLOTS = 11;
    private static final int SLOT = 8;
    private static final int RANDOM = 8;
    private static final int MAC = 16;

    private final Clock clock;
    private final SecureRandom random;
    private final UnaryOperator<Bytes> mac;

    /// @param mac HMAC under a key of the vault's
    public Challenges(Clock clock, SecureRandom random, UnaryOperator<Bytes> mac) {
        this.clock = clock;
        this.random = random;
        this.mac = mac;
    }

    /// A nonce of 32 octets for an intent of `kind`. Each is another one: two approvals of the same
    /// digests in the same second are two.
    ///
    /// @param owner the owner's id; empty for a newcomer
    public Bytes issue(String owner, String kind) {
        var chance = new byte[RANDOM];
        random.nextBytes(chance);
        return nonce(Bytes.concat(Bytes.u64(slot()), Bytes.of(chance)), owner, kind);
    }

    /// Whether the nonce was issued for this owner and kind in the last five minutes.
    boolean accepts(Bytes nonce, String owner, String kind) {
        if (nonce.size() != SLOT + RANDOM + MAC) {
            return false;
        }
        long now = slot();
        for (long slot = now; slot > now - SLOTS; slot--) {
            if (nonce.slice(0, SLOT).equals(Bytes.u64(slot))) {
                var begin = nonce.slice(0, SLOT + RANDOM);
                return nonce.equalsConstantTime(nonce(begin, owner, kind));
            }
        }
        return false;
    }

    private Bytes nonce(Bytes begin, String owner, String kind) {
        var tag = mac.apply(Bytes.join(begin, Bytes.utf8(owner), Bytes.utf8(kind)));
        return Bytes.concat(begin, tag.slice(0, MAC));
    }

    private long slot() {
        return clock.instant().getEpochSecond() / SLOT_SECONDS;
    }
}
