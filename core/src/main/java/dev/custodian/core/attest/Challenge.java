package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;

/// What a TPM is asked: to import a key of HMAC and to certify a key of its own with it. `u8 1 |
/// unique (32) | duplicate | seed`, the last two with a `u16` length before each.
///
/// @param unique the hash that ties the public area to the secret
/// @param duplicate `TPM2B_PRIVATE`'s content: the secret, for the EK alone
/// @param seed `TPM2B_ENCRYPTED_SECRET`'s content, of which only the EK makes what opens that
public record Challenge(Bytes unique, Bytes duplicate, Bytes seed) {
    private static final int VERSION = 1;
    private static final int UNIQUE = 32;
    private static final int LONGEST_DUPLICATE = 256;
    private static final int LONGEST_SEED = 512;

    /// sign, restricted, noDA, userWithAuth: neither fixedTPM nor fixedParent, else it could not be
    /// imported; restricted, so it signs only what the TPM says.
    private static final int ATTRIBUTES = 0x00050440;

    public Challenge {
        if (unique.size() != UNIQUE
                || duplicate.size() > LONGEST_DUPLICATE
                || seed.size() > LONGEST_SEED) {
            throw new IllegalArgumentException("a challenge of another size");
        }
    }

    /// The public area of the key to import (Part 2 §12.2.4).
    public Bytes area() {
        return area(unique);
    }

    static Bytes area(Bytes unique) {
        return Bytes.concat(
                Fields.u16(KeyArea.KEYEDHASH),
                Fields.u16(KeyArea.SHA256),
                Bytes.u32(ATTRIBUTES),
                Fields.u16(0),
                Fields.u16(KeyArea.HMAC),
                Fields.u16(KeyArea.SHA256),
                Fields.sized(unique));
    }

    /// What the TPM is to say besides, 32 octets: so that its answer names this question.
    public Bytes extra() {
        return Hashes.sha256(encode());
    }

    public Bytes encode() {
        return Bytes.concat(
                Bytes.of((byte) VERSION), unique, Fields.sized(duplicate), Fields.sized(seed));
    }

    public static Challenge decode(Bytes octets) throws MalformedException {
        var in = new Fields(octets);
        in.require(in.u8("version") == VERSION, "a challenge of an unknown version");
        var challenge =
                new Challenge(
                        in.raw("unique", UNIQUE),
                        in.sized("duplicate", LONGEST_DUPLICATE),
                        in.sized("seed", LONGEST_SEED));
        in.done();
        return challenge;
    }
}
