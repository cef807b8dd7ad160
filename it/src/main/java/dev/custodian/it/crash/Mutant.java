package dev.custodian.it.crash;

import java.util.Locale;

/// A fault of the kind that a server could have and that the checker must see.
enum Mutant {
    NONE,
    /// A commit of uses returns at once and happens with the next transaction, so that the vault
    /// signs first.
    SIGN_BEFORE_COMMIT,
    /// A commit of uses does nothing.
    EMPTY_COMMIT,
    /// Outcomes that are committed are reported as not committed, and so written again.
    OUTCOME_TWICE;

    static Mutant of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
