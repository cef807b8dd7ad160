package dev.custodian.device;

/// The honest verdict on how well a store keeps its keys.
public enum Protection {
    SOFTWARE(
            "The device key is a file: any program that runs as this user, and any copy of its folder, can use it."),
    SOFTWARE_PASSPHRASE(
            "The device key is a file, sealed under a passphrase: a copy of its folder alone can not use it; a program that runs as this user can once the passphrase was typed."),
    SOFTWARE_LOGIN_BOUND(
            "The device key is a file, sealed for your Windows login: a copy of its folder alone can not use it; a program that runs as this user can.");

    private final String sentence;

    Protection(String sentence) {
        this.sentence = sentence;
    }

    /// What it means, in one sentence for a person.
    public String sentence() {
        return sentence;
    }
}
