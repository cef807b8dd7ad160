package dev.custodian.core.attest;

/// It is not proved that a key is in a TPM. An expected refusal: carries no stack trace.
public final class NotProvedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Flaw flaw;

    NotProvedException(Flaw flaw) {
        super(flaw.sentence(), null, false, false);
        this.flaw = flaw;
    }

    public Flaw flaw() {
        return flaw;
    }
}
