package dev.custodian.device;

/// The honest verdict on how well a store keeps its keys.
public enum Protection {
    SOFTWARE(
            "The device key is a file: any program that runs as this user, and any copy of its folder, can use it.");

    private final String sentence;

    Protection(String sentence) {
        this.sentence = sentence;
    }

    /// What it means, in one sentence for a person.
    public String sentence() {
        return sentence;
    }
}
