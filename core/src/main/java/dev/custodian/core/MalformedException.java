package dev.custodian.core;

/// Octets or text that are not what their format says: the one exception of every decoder.
///
/// The message names the place and the rule that was broken, never the value.
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message);
    }
}
