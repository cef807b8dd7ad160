package dev.custodian.core;

import java.util.Locale;

/// Octets or text that are not what their format says: the one exception of every decoder.
///
/// The message names the place and the rule that was broken, never the value.
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    /// Which kind of rule was broken: what the published vectors name, so that a decoder refuses
    /// for the right reason.
    public enum Reason {
        /// Too long, too short, too many or nested too deeply.
        SIZE,
        /// Not the notation at all: no UTF-8, no JSON, no base32.
        SYNTAX,
        /// A second spelling of what has one spelling only.
        SPELLING,
        /// A member is missing, unknown or there twice.
        MEMBERS,
        /// A value of another type, or one that is not allowed in its place.
        VALUE;

        /// The word in vectors.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Reason reason;

    public MalformedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /// A value that is not allowed in its place.
    public MalformedException(String message) {
        this(Reason.VALUE, message);
    }

    public Reason reason() {
        return reason;
    }
}
