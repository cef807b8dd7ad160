package dev.custodian.core;

/// Who can open a credential's key (DESIGN §2). Shown wherever a credential is shown.
public enum Custody {
    /// The server cannot open the key without the owner's factors.
    OWNER_SEALED("owner-sealed"),
    /// The server can: you trust the operator.
    MANAGED("managed");

    private final String text;

    Custody(String text) {
        this.text = text;
    }

    public static Custody parse(String text) throws MalformedException {
        for (var custody : values()) {
            if (custody.text.equals(text)) {
                return custody;
            }
        }
        throw new MalformedException("not a custody: owner-sealed or managed");
    }

    /// The word in formats, API and command line.
    public String text() {
        return text;
    }
}
