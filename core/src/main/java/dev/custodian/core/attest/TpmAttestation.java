package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;

/// Asks a TPM whether a key is in it, and judges what it answers. No state, clock or randomness of
/// its own.
public final class TpmAttestation {
    private TpmAttestation() {}

    /// Judges the certificate of a claim.
    ///
    /// @param authorities whom the operator trusts, and trusted
    /// @param now for the certificates' dates
    public static Endorsement endorsement(Claim claim, List<Authority> authorities, Instant now)
            throws NotProvedException {
        return EndorsementSteps.of(claim, authorities, now)
                .next()
                .next()
                .next()
                .next()
                .next()
                .endorsement();
    }

    /// A question that only this EK's TPM can answer. The caller closes it, and drops it after one
    /// answer or minutes.
    public static OpenChallenge challenge(Endorsement endorsement, SecureRandom random) {
        return Wrapping.challenge(endorsement, random);
    }

    /// Judges an answer.
    ///
    /// @param keyArea as the device showed it, see [Claim#keyArea]
    public static Proof proof(OpenChallenge open, Bytes keyArea, Bytes answer)
            throws NotProvedException {
        return AnswerSteps.of(open, keyArea, answer)
                .next()
                .next()
                .next()
                .next()
                .next()
                .next()
                .next()
                .next()
                .proof();
    }

    /// Reads a claim.
    public static Claim claim(Bytes octets) throws NotProvedException {
        return read(Flaw.CLAIM_MALFORMED, () -> Claim.decode(octets));
    }

    /// Something that reads octets.
    interface Reading<T> {
        T read() throws MalformedException;
    }

    static <T> T read(Flaw flaw, Reading<? extends T> reading) throws NotProvedException {
        try {
            return reading.read();
        } catch (MalformedException e) {
            throw new NotProvedException(flaw);
        }
    }

    static void require(boolean holds, Flaw flaw) throws NotProvedException {
        if (!holds) {
            throw new NotProvedException(flaw);
        }
    }
}
