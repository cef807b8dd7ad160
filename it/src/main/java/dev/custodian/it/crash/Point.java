package dev.custodian.it.crash;

import java.util.Locale;

/// Where a server can be made to die, in the order in which one signature passes them.
enum Point {
    BEFORE_CONSUME,
    BEFORE_COMMIT,
    AFTER_COMMIT,
    /// The vault has signed, and nobody has been told.
    IN_SIGN,
    BEFORE_ANSWER,
    BEFORE_OUTCOME_COMMIT,
    AFTER_OUTCOME_COMMIT;

    /// As in `before-consume`.
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Point of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
