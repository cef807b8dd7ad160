package dev.custodian.client;

import dev.custodian.core.Secret;

/// Which PINs we let people choose.
public final class PinRules {
    static final int SHORTEST = 4;
    static final int LONGEST = 16;

    private PinRules() {}

    /// What is wrong with a PIN in the form that travels; empty when nothing is.
    public static String fault(Secret pin) {
        var octets = pin.expose();
        var digits = true;
        for (byte octet : octets) {
            digits &= octet >= '0' && octet <= '9';
        }
        if (!digits || octets.length < SHORTEST || octets.length > LONGEST) {
            return "A PIN has " + SHORTEST + " to " + LONGEST + " digits and nothing else.";
        }
        return isRun(octets)
                ? "That PIN would be among the first guesses: choose digits that do not just repeat or count."
                : "";
    }

    /// Whether all steps from digit to digit are the same one of 0, 1 and -1: 0000, 1234, 9876.
    private static boolean isRun(byte[] octets) {
        int step = octets[1] - octets[0];
        var same = Math.abs(step) <= 1;
        for (int i = 1; i < octets.length; i++) {
            same &= octets[i] - octets[i - 1] == step;
        }
        return same;
    }
}
