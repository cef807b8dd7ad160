package dev.custodian.server.vault;

import java.security.GeneralSecurityException;
import java.util.Objects;

/// What came of one thing that a check tried with a token.
///
/// @param tried in words, without what it came to
/// @param said why, or how; may be empty
public record Finding(String tried, Outcome outcome, String said) {
    /// One that ended with an exception, which says why.
    static Finding of(String tried, Outcome outcome, GeneralSecurityException failed) {
        return new Finding(tried, outcome, Objects.requireNonNullElse(failed.getMessage(), ""));
    }

    /// How it went.
    public enum Outcome {
        /// A skill that the token has.
        WORKS("works"),

        /// A theft that did not succeed.
        REFUSED("refused"),

        /// A theft that succeeded.
        STOLEN("STOLEN"),

        /// Could not be tried, which proves nothing.
        NOT_OFFERED("not offered");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }
}
