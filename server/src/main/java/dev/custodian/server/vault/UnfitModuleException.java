package dev.custodian.server.vault;

/// Why a token wraps no keys, though it is there and answers.
final class UnfitModuleException extends Exception {
    private static final long serialVersionUID = 1;

    UnfitModuleException(String why) {
        super(why);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
