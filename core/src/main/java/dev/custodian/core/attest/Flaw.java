package dev.custodian.core.attest;

/// Why it is not proved that a key is in a TPM: a closed list, in the order in which it is looked.
/// `docs/reference/attestation.md` follows it.
public enum Flaw {
    // the claim
    CLAIM_MALFORMED("What the device sent about its TPM cannot be read."),

    // the TPM's certificate
    CERTIFICATE_MALFORMED("The TPM's certificate cannot be read."),
    CERTIFICATE_KEY("The TPM's certificate is for a kind of key that cannot be asked."),
    CERTIFICATE_PURPOSE("The certificate is not one of a TPM's endorsement key."),
    CERTIFICATE_MAKER("The TPM's certificate does not say who made the TPM."),
    ROOT_UNKNOWN("Nobody who is trusted here vouches for the TPM."),
    ROOT_WITHDRAWN("Who vouches for the TPM is no longer trusted here."),
    CERTIFICATE_EXPIRED("The TPM's certificate, or one that vouches for it, is not valid now."),
    WEAK_SIGNATURE("The TPM's certificate, or one that vouches for it, is signed too weakly."),
    CHAIN_REFUSED("The certificates that vouch for the TPM do not fit together."),

    // the answer
    ANSWER_MALFORMED("The TPM's answer cannot be read."),
    ANSWER_SCHEME("The TPM's answer is authenticated in another way than it was asked to."),
    ANSWER_FORGED("The answer is not of the TPM that was asked, or is to another question."),
    NOT_OF_A_TPM("What was answered was not made inside a TPM."),
    NOT_A_KEY("The TPM's answer is about something other than a key."),
    ANOTHER_QUESTION("The TPM's answer names another question."),

    // the key
    KEY_MALFORMED("The description of the key cannot be read."),
    ANOTHER_KEY("The TPM's answer is about another key."),
    KEY_NOT_FIXED_TO_TPM("The key may leave its TPM."),
    KEY_NOT_FIXED_TO_PARENT("The key may be moved to another place."),
    KEY_FROM_OUTSIDE("The key was not made inside the TPM."),
    KEY_SIGNS_NOT("The key does not sign."),
    KEY_RESTRICTED("The key signs only what the TPM itself says."),
    KEY_ALGORITHM("The key is of a kind that is not used here.");

    private final String sentence;

    Flaw(String sentence) {
        this.sentence = sentence;
    }

    /// What a person reads.
    public String sentence() {
        return sentence;
    }
}
