package dev.custodian.device.piv;

import dev.custodian.core.MalformedException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A card refused a command, gave an answer that is not to be believed, or could not be reached.
/// Keeps the number of card or reader; the message is for logs and names no secret.
public final class PivException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Meaning meaning;
    private final int code;

    private PivException(String message, Meaning meaning, int code, @Nullable Throwable cause) {
        super(message, cause);
        this.meaning = meaning;
        this.code = code;
    }

    /// The card answered with a status word that is not 9000.
    static PivException returned(Ins command, int statusWord) {
        return returned(command, Meaning.of(statusWord), statusWord);
    }

    static PivException returned(Ins command, Meaning meaning, int statusWord) {
        return new PivException(
                "%s: %s (%04X)".formatted(command, meaning, statusWord), meaning, statusWord, null);
    }

    static PivException malformed(Ins command, String rule) {
        return new PivException(
                command + ": an answer that is not one: " + rule,
                Meaning.MALFORMED_ANSWER,
                0,
                null);
    }

    static PivException malformed(Ins command, MalformedException e) {
        return malformed(command, String.valueOf(e.getMessage()));
    }

    /// PC/SC gave this number, 0 for none that is known.
    static PivException reader(String what, Meaning meaning, int code, Throwable cause) {
        return new PivException(
                "%s: %s (%08X)".formatted(what, meaning, code), meaning, code, cause);
    }

    static PivException of(Meaning meaning, String what) {
        return new PivException(what + ": " + meaning, meaning, 0, null);
    }

    public Meaning meaning() {
        return meaning;
    }

    /// The card's status word, four hexadecimal digits; or PC/SC's number, eight; 0 when there is
    /// none.
    public int code() {
        return code;
    }

    /// Whether the PIN, or the PUK, was wrong; the card counted it.
    public boolean isWrongPin() {
        return meaning == Meaning.WRONG_PIN;
    }

    /// How many more wrong PINs the card takes; below 0 when this is about something else.
    public int triesLeft() {
        return switch (meaning) {
            case WRONG_PIN -> code & 0xf;
            case PIN_BLOCKED -> 0;
            default -> -1;
        };
    }
}
