package dev.custodian.server.oauth;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.time.Clock;
import java.util.function.UnaryOperator;

/// Nonces of the server for DPoP proofs (RFC 9449 §8) that nobody stores: an HMAC over the time
/// slot. They bound how early a proof can have been made.
public final class DpopNonces {
    private static final int SLOT_SECONDS = 60;
    private static final int SLOTS = 5;
    private static final int MAC = 16;

    private final Clock clock;
    private final UnaryOperator<Bytes> mac;

    /// @param mac HMAC under a key that is for these nonces alone
    public DpopNonces(Clock clock, UnaryOperator<Bytes> mac) {
        this.clock = clock;
        this.mac = mac;
    }

    /// The nonce to use now.
    String current() {
        return nonce(slot()).base64Url();
    }

    /// Whether we gave this nonce out in the last five minutes.
    boolean accepts(String text) {
        Bytes nonce;
        try {
            nonce = Bytes.fromBase64Url(text);
        } catch (MalformedException _) {
            return false;
        }
        long now = slot();
        for (long slot = now; slot > now - SLOTS; slot--) {
            if (nonce.equalsConstantTime(nonce(slot))) {
                return true;
            }
        }
        return false;
    }

    private Bytes nonce(long slot) {
        return Bytes.concat(Bytes.u64(slot), mac.apply(Bytes.u64(slot)).slice(0, MAC));
    }

    private long slot() {
        return clock.instant().getEpochSecond() / SLOT_SECONDS;
    }
}
