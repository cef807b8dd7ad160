package dev.custodian.server.csc;

import dev.custodian.core.FailureKind;

/// A refusal with the very sentence that the CSC API has for it (§10 and the methods' tables).
/// Status and code are those of its kind.
public final class CscRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;
    private final String description;

    CscRefused(FailureKind kind, String description) {
        super(description, null, false, false);
        this.kind = kind;
        this.description = description;
    }

    static CscRefused invalid(String parameter) {
        return malformed("Invalid parameter " + parameter);
    }

    /// @param type as the API names it: string, integer, array
    static CscRefused missing(String type, String parameter) {
        return malformed("Missing (or invalid type) " + type + " parameter " + parameter);
    }

    static CscRefused malformed(String description) {
        return new CscRefused(FailureKind.MALFORMED_REQUEST, description);
    }

    FailureKind kind() {
        return kind;
    }

    /// `error_description`.
    String description() {
        return description;
    }
}
