package dev.custodian.core.identity;

import dev.custodian.core.MalformedException;

/// How well a device key is kept, in the words that both sides write; the best comes first. The
/// device library's `Verdict` has the same words and says what they mean.
public enum DeviceVerdict {
    /// The server verified it. A device never says this of itself.
    HARDWARE_PROVED,
    /// In hardware, as the device says.
    HARDWARE_CLAIMED,
    /// A file, sealed for the person's login.
    SOFTWARE_LOGIN_BOUND,
    /// A file, sealed under a passphrase.
    SOFTWARE_PASSPHRASE;

    /// Reads what a device says of itself.
    public static DeviceVerdict parseSaid(String text) throws MalformedException {
        for (var verdict : values()) {
            if (verdict != HARDWARE_PROVED && verdict.name().equals(text)) {
                return verdict;
            }
        }
        throw new MalformedException("not a verdict that a device gives itself");
    }
}
