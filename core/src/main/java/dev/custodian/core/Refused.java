package dev.custodian.core;

/// An expected refusal on its way to the border where it is told: a [FailureKind] and, where it
/// helps, one more plain sentence. Carries no stack trace and never a secret.
public final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;
    private final String detail;

    public Refused(FailureKind kind) {
        this(kind, "");
    }

    /// `detail` is a sentence for a person; empty when the kind says it all.
    public Refused(FailureKind kind, String detail) {
        super(kind.id() + (detail.isEmpty() ? "" : ": " + detail), null, false, false);
        this.kind = kind;
        this.detail = detail;
    }

    public FailureKind kind() {
        return kind;
    }

    public String detail() {
        return detail;
    }

    /// What happened, as a person reads it: the kind's sentence, and the detail after it.
    public String sentences() {
        return detail.isEmpty() ? kind.sentence() : kind.sentence() + " " + detail;
    }
}
