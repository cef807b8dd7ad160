package dev.custodian.device;

/// What a person calls a store.
///
/// @param device which one: a folder, a reader's name, the maker of a TPM
/// @param simulated whether the device says of itself that it is a program which plays one: no
///   hardware protects anything then, whatever the verdict
public record StoreLabel(StoreKind kind, String device, boolean simulated) {
    /// The label and the verdict, in one sentence for a person.
    public String sentence(Verdict verdict) {
        return simulated
                ? "The device key is in a SIMULATED device, which protects nothing: it is for"
                        + " tests."
                : verdict.sentence();
    }

    @Override
    public String toString() {
        return kind.display() + " (" + device + ")" + (simulated ? ", SIMULATED" : "");
    }
}
