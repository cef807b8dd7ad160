package dev.custodian.device.tpm;

import java.io.IOException;

/// A TPM refused a command, or gave an answer that is not to be believed. Keeps the TPM's own
/// number; the message is for logs and names no secret.
public final class TpmException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Meaning meaning;
    private final int code;

    private TpmException(String message, Meaning meaning, int code) {
        super(message);
        this.meaning = meaning;
        this.code = code;
    }

    /// The TPM answered with a code that is not 0.
    static TpmException returned(CommandCode command, int code) {
        var meaning = Meaning.of(code);
        return new TpmException(
                "%s: TPM_RC_%s%s (0x%X)".formatted(command, meaning, Meaning.place(code), code),
                meaning,
                code);
    }

    static TpmException malformed(CommandCode command, String rule) {
        return new TpmException(
                command + ": an answer that is not one: " + rule, Meaning.MALFORMED_ANSWER, 0);
    }

    /// What authenticates the answer, or names the object, is wrong: something sits between.
    static TpmException forged(CommandCode command, String what) {
        return new TpmException(
                command + ": not the answer of this TPM: " + what, Meaning.FORGED_ANSWER, 0);
    }

    /// The TPM has no key of use at a handle.
    static TpmException absent(CommandCode command, int handle) {
        return new TpmException(
                "%s: no storage key at %X".formatted(command, handle), Meaning.HANDLE, 0);
    }

    /// The parent is not the one that the caller pinned.
    static TpmException anotherParent() {
        return new TpmException("a storage key of another Name", Meaning.ANOTHER_PARENT, 0);
    }

    /// The TPM has not the key that its certificate is for.
    static TpmException anotherEndorsement() {
        return new TpmException(
                "a certificate of another endorsement key", Meaning.ANOTHER_ENDORSEMENT, 0);
    }

    public Meaning meaning() {
        return meaning;
    }

    /// The TPM's number, all 32 bits; 0 when it gave none.
    public int code() {
        return code;
    }

    /// Whether the PIN was wrong. One of a key with dictionary-attack protection was counted.
    public boolean isWrongPin() {
        return meaning == Meaning.AUTH_FAIL || meaning == Meaning.BAD_AUTH;
    }
}
