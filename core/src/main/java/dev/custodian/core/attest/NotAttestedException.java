package dev.custodian.core.attest;

/// A device's proof does not prove anything. The message is a sentence for a person.
public final class NotAttestedException extends Exception {
    private static final long serialVersionUID = 1L;

    NotAttestedException(String sentence) {
        super(sentence, null, false, false);
    }
}
