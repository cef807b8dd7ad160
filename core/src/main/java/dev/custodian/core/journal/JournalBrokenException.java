package dev.custodian.core.journal;

import java.util.Locale;

/// The journal broke its promise, or what was shown is not its journal: the one exception of every
/// check in this package. Whoever catches it believes nothing of the answer.
public final class JournalBrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    /// What is wrong, in a closed list.
    public enum Reason {
        RECORD_MALFORMED("A record of the journal cannot be read."),
        OTHER_CHAIN("A record belongs to another chain than the one that was asked for."),
        GAP("Records are missing between the last one seen and those that were shown."),
        REPEATED("Records were shown again that were seen before."),
        FORK("A record that was seen before has been replaced by another."),
        ORDER("A record claims a place in the journal before the one that it follows."),
        CHECKPOINT_MALFORMED("The journal's checkpoint cannot be read."),
        CHECKPOINT_NOT_SIGNED("The checkpoint is not signed by the journal's key."),
        CHECKPOINT_SIGNATURE_WRONG("The signature under the checkpoint is wrong."),
        OTHER_JOURNAL("The checkpoint is that of another journal."),
        CHECKPOINT_OLDER("The checkpoint is older than one that was seen before."),
        NOT_CONSISTENT("The checkpoint does not continue the journal that was seen before."),
        NOT_COVERED("The checkpoint does not cover the newest record yet."),
        NOT_INCLUDED("The record is not in the journal that the checkpoint describes.");

        private final String sentence;

        Reason(String sentence) {
            this.sentence = sentence;
        }

        /// The word in vectors.
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /// One sentence for a person.
        public String sentence() {
            return sentence;
        }
    }

    private final Reason reason;

    JournalBrokenException(Reason reason) {
        super(reason.sentence());
        this.reason = reason;
    }

    JournalBrokenException(Reason reason, Throwable cause) {
        super(reason.sentence(), cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
