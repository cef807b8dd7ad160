package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;

/// What a TPM answers to a [Challenge]: `u8 1 | attest | signature`, with a `u16` length before
/// each.
///
/// @param attest `TPMS_ATTEST`
/// @param signature `TPMT_SIGNATURE`: for HMAC the algorithm, the hash and as many octets as that
///   gives
public record Answer(Bytes attest, Bytes signature) {
    /// Most octets of an attest.
    public static final int LONGEST_ATTEST = Attest.LONGEST;

    /// Most octets of a signature.
    public static final int LONGEST_SIGNATURE = 68;

    private static final int VERSION = 1;

    public Answer {
        if (attest.size() > LONGEST_ATTEST || signature.size() > LONGEST_SIGNATURE) {
            throw new IllegalArgumentException("an answer that is too long");
        }
    }

    public Bytes encode() {
        return Bytes.concat(
                Bytes.of((byte) VERSION), Fields.sized(attest), Fields.sized(signature));
    }

    public static Answer decode(Bytes octets) throws MalformedException {
        var in = new Fields(octets);
        in.require(in.u8("version") == VERSION, "an answer of an unknown version");
        var answer =
                new Answer(
                        in.sized("attest", LONGEST_ATTEST),
                        in.sized("signature", LONGEST_SIGNATURE));
        in.done();
        return answer;
    }
}
