package dev.custodian.server.http;

/// The request as such cannot be served: malformed, too large, too slow, or not now. Carries the
/// HTTP status and a sentence for the person who reads the client's log; it becomes `{"error": …,
/// "error_description": …}`.
public final class CallRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    /// Creates a refusal.
    ///
    /// @param status the HTTP status, 400 to 599
    /// @param sentence what is wrong, in words that may be shown to anybody
    public CallRefused(int status, String sentence) {
        super(sentence, null, false, false);
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("not a status of a refusal: " + status);
        }
        this.status = status;
    }

    /// Returns a 400 with this sentence.
    public static CallRefused malformed(String sentence) {
        return new CallRefused(400, sentence);
    }

    /// Returns the HTTP status.
    public int status() {
        return status;
    }

    /// Returns the sentence.
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
