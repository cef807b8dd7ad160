package dev.custodian.document;

/// What is wrong with a signature, as a sentence for the report.
final class Flaw extends Exception {
    private static final long serialVersionUID = 1L;

    private final String sentence;

    Flaw(String sentence) {
        super(sentence, null, false, false);
        this.sentence = sentence;
    }

    String sentence() {
        return sentence;
    }
}
