package dev.custodian.agent.prompt;

import dev.custodian.core.intent.Matter;
import java.time.Duration;

/// More that the person may allow with the same answer (FORMATS §6).
///
/// @param subject for whom, in a form that is compared; all of it reported
/// @param who the same in words: `this process`, `ssh in this terminal session`
/// @param signatures how many at most
/// @param time for how long at most
/// @param why the reason for it, a sentence of our own; empty for none
public record Offer(String subject, String who, int signatures, Duration time, String why) {
    public Offer {
        if (!Line.isVisible(who) || !Line.isVisible(why)) {
            throw new IllegalArgumentException("an offer that cannot be seen");
        }
        if (signatures < 1 || signatures > Matter.MOST) {
            throw new IllegalArgumentException("an offer of " + signatures + " signatures");
        }
        if (time.toSeconds() < 1) {
            throw new IllegalArgumentException("an offer for no time");
        }
    }

    /// What it allows, in words.
    public String words() {
        return who + ": " + bounds();
    }

    /// How much and how long, in words.
    public String bounds() {
        var seconds = time.toSeconds();
        var span = seconds % 60 == 0 ? count(seconds / 60, "minute") : count(seconds, "second");
        return "up to " + count(signatures, "signature") + " in " + span;
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
