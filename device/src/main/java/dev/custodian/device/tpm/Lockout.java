package dev.custodian.device.tpm;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// The TPM's protection against guessing, one counter for all its keys that have it (Part 1 §19.8).
///
/// @param failed wrong PINs that are counted now
/// @param most so many, and all such keys are locked
/// @param forgets time after which one is no longer counted
/// @param recovery time that the owner's own lock-out authorization is locked after a wrong one
public record Lockout(long failed, long most, Duration forgets, Duration recovery) {
    /// `TPM_PT_LOCKOUT_COUNTER`, the first of four in a row (Part 2 §6.13).
    static final int FIRST = 0x20e;

    static final int COUNT = 4;

    static Lockout of(List<Tpm.Property> properties) throws IOException {
        var values = new long[COUNT];
        for (int i = 0; i < COUNT; i++) {
            if (i >= properties.size() || properties.get(i).number() != FIRST + i) {
                throw TpmException.malformed(CommandCode.GET_CAPABILITY, "no lock-out properties");
            }
            values[i] = properties.get(i).value() & 0xffffffffL;
        }
        return new Lockout(
                values[0], values[1], Duration.ofSeconds(values[2]), Duration.ofSeconds(values[3]));
    }

    public long triesLeft() {
        return Math.max(0, most - failed);
    }
}
