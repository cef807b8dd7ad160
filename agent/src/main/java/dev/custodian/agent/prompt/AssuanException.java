package dev.custodian.agent.prompt;

/// The program at the other end of Assuan did not do what was asked, or does not speak it.
final class AssuanException extends Exception {
    private static final long serialVersionUID = 1L;

    /// It said something that is no Assuan, or nothing.
    static final int NONSENSE = 0;

    /// The numbers of libgpg-error that have a meaning here.
    static final int TIMEOUT = 62;

    static final int CANCELED = 99;
    static final int NOT_CONFIRMED = 114;

    private final int code;

    /// @param code as libgpg-error numbers it, without the source in the upper bits
    AssuanException(int code, String message) {
        super(message);
        this.code = code;
    }

    int code() {
        return code;
    }
}
