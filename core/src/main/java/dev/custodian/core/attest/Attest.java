package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;

/// `TPMS_ATTEST` (Part 2 §10.12.12): what a TPM says, and signs. The TPM's clock, its resets and
/// its firmware are passed over: they say more about the device than anybody asked.
///
/// @param type `TPMI_ST_ATTEST`
/// @param extra what the caller had it say
/// @param about `TPMU_ATTEST`
record Attest(int magic, int type, Bytes extra, Bytes about) {
    /// `TPM_GENERATED_VALUE`: no restricted key of a TPM signs octets of others that begin so.
    static final int GENERATED = 0xff544347;

    /// `TPM_ST_ATTEST_CERTIFY`.
    static final int CERTIFY = 0x8017;

    /// Most octets.
    static final int LONGEST = 1024;

    private static final int LONGEST_NAME = 66;
    private static final int LONGEST_EXTRA = 66;

    static Attest decode(Bytes octets) throws MalformedException {
        var in = new Fields(octets);
        int magic = in.u32("magic");
        int type = in.u16("type");
        var _ = in.sized("qualified signer", LONGEST_NAME);
        var extra = in.sized("extra data", LONGEST_EXTRA);
        var _ = in.u64("clock");
        var _ = in.u32("resets");
        var _ = in.u32("restarts");
        in.require(in.u8("safe") <= 1, "a clock neither safe nor not");
        var _ = in.u64("firmware");
        return new Attest(magic, type, extra, in.raw("about", in.left()));
    }

    /// The Name of the object that it certifies: `TPMS_CERTIFY_INFO` (Part 2 §10.12.3).
    Bytes certified() throws MalformedException {
        var in = new Fields(about);
        var name = in.sized("name", LONGEST_NAME);
        var _ = in.sized("qualified name", LONGEST_NAME);
        in.done();
        return name;
    }
}
