package dev.custodian.agent.prompt;

import dev.custodian.core.intent.Matter;
import java.time.Duration;

/// More that the person may allow with the same answer (FORMATS §6).
///
/// @param subject for whom, in a form that is compared; all of it reported
/// @param who the same in words: `this process`, `ssh in this terminal session`
/// @param signatures how many at most
/// @param time for how long at most
public record Offer(String subject, String who, int signatures, Duration time) {
    public Offer {
        if (!Line.isVisible(who)) {
            throw new IllegalArgumentException("an offer to somebody who cannot be seen");
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
        var seconds = time.toSeconds();
        var span = seconds % 60 == 0 ? seconds / 60 + " minutes" : seconds + " seconds";
        return who + ": up to " + signatures + " signatures in " + span;
    }
}
