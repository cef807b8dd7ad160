package dev.custodian.device;

/// How well a store keeps its keys: the same words in the API, in prompts, on the command line and
/// at the server. The best comes first.
public enum Verdict {
    /// Given by who verified the device's evidence, never by a store about itself.
    HARDWARE_PROVED(
            "The device key is in hardware, which its maker vouches for: no copy of it is anywhere;"
                    + " a program that runs as this user can use it here."),
    HARDWARE_CLAIMED(
            "The device key is in hardware, as this machine says and nobody has verified: no copy"
                    + " of it is anywhere; a program that runs as this user can use it here."),
    SOFTWARE_LOGIN_BOUND(
            "The device key is a file, sealed for your login: a copy of its folder alone can not"
                    + " use it; a program that runs as this user can."),
    SOFTWARE_PASSPHRASE(
            "The device key is a file, sealed under a passphrase: a copy of its folder alone can"
                    + " not use it; a program that runs as this user can once the passphrase was"
                    + " typed.");

    private final String sentence;

    Verdict(String sentence) {
        this.sentence = sentence;
    }

    /// What it means, in one sentence for a person.
    public String sentence() {
        return sentence;
    }

    public boolean isHardware() {
        return this == HARDWARE_PROVED || this == HARDWARE_CLAIMED;
    }
}
