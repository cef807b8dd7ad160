package dev.custodian.device;

/// What kind of thing keeps the keys. The best comes first.
public enum StoreKind {
    TPM("TPM"),
    CARD("smart card"),
    SOFTWARE("software");

    private final String display;

    StoreKind(String display) {
        this.display = display;
    }

    /// The name that people read.
    public String display() {
        return display;
    }
}
