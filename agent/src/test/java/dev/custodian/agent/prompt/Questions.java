package dev.custodian.agent.prompt;

import dev.custodian.core.MalformedException;
import dev.custodian.core.evidence.RecoveryCode;
import dev.custodian.core.intent.Shown;
import java.time.Duration;
import java.util.List;

/// Questions as tests ask them.
final class Questions {
    static final Offer OFFER =
            new Offer(
                    "process:4711:99",
                    "ssh in this terminal session",
                    20,
                    Duration.ofMinutes(10),
                    "A rebase signs each commit.");

    private Questions() {}

    static Question of(Shown... shown) {
        return new Question("Approve a login?", List.of(shown), List.of(), Duration.ofSeconds(60));
    }

    static Question withOffer(Shown... shown) {
        return new Question(
                "Approve a login?", List.of(shown), List.of(OFFER), Duration.ofSeconds(60));
    }

    static Entry entry(Entry.Wanted wanted) {
        return new Entry("Change the PIN?", List.of(), wanted, Duration.ofSeconds(60));
    }

    static final String CODE = "abcd-efgh-ijkl-mnop-qrst-uvwx-yz";

    static Notice notice() {
        try {
            return new Notice(
                    "Note the recovery code.",
                    List.of(),
                    RecoveryCode.of(CODE.toCharArray()),
                    Duration.ofSeconds(60));
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    static Shown reported(String what, String foreign) {
        return new Shown(what, Line.of(foreign, Line.NAME), Shown.Source.REPORTED);
    }

    static Prompt.Watch watch() {
        return new Prompt.Watch() {
            @Override
            public boolean isWanted() {
                return true;
            }

            @Override
            public List<String> waiting() {
                return List.of();
            }
        };
    }
}
