package dev.custodian.core;

/// How strongly an approval was bound to what it approves, weakest first (DESIGN §5.5).
public enum Level {
    /// Factors typed into an application; they do not cover the digests.
    ASSERTED,
    /// A software device key signed the intent, and a second factor of another kind was proved.
    BOUND,
    /// As [#BOUND], with a key proved to be in hardware, a passkey with user verification, or
    /// another device.
    BOUND_HARDWARE
}
