package dev.custodian.device.piv;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The errors of PC/SC that anybody acts on, with their numbers.
///
/// The JDK keeps the number where nobody may read it, and says the constant's name in the message
/// of the innermost cause; so this is the one place where a message is looked at.
enum PcscError {
    SCARD_F_INTERNAL_ERROR(0x80100001, Meaning.COMMUNICATION),
    SCARD_E_INVALID_HANDLE(0x80100003, Meaning.SERVICE_GONE),
    SCARD_E_UNKNOWN_READER(0x80100009, Meaning.READER_GONE),
    SCARD_E_TIMEOUT(0x8010000a, Meaning.COMMUNICATION),
    SCARD_E_SHARING_VIOLATION(0x8010000b, Meaning.CARD_IN_USE),
    SCARD_E_NO_SMARTCARD(0x8010000c, Meaning.CARD_GONE),
    SCARD_E_UNKNOWN_CARD(0x8010000d, Meaning.CARD_MUTE),
    SCARD_E_PROTO_MISMATCH(0x8010000f, Meaning.CARD_MUTE),
    SCARD_E_NOT_READY(0x80100010, Meaning.COMMUNICATION),
    SCARD_F_COMM_ERROR(0x80100013, Meaning.COMMUNICATION),
    SCARD_F_UNKNOWN_ERROR(0x80100014, Meaning.COMMUNICATION),
    SCARD_E_NOT_TRANSACTED(0x80100016, Meaning.COMMUNICATION),
    SCARD_E_READER_UNAVAILABLE(0x80100017, Meaning.READER_GONE),
    SCARD_E_NO_SERVICE(0x8010001d, Meaning.SERVICE_GONE),
    SCARD_E_SERVICE_STOPPED(0x8010001e, Meaning.SERVICE_GONE),
    SCARD_E_NO_READERS_AVAILABLE(0x8010002e, Meaning.READER_GONE),
    SCARD_W_UNSUPPORTED_CARD(0x80100065, Meaning.CARD_MUTE),
    SCARD_W_UNRESPONSIVE_CARD(0x80100066, Meaning.CARD_MUTE),
    SCARD_W_UNPOWERED_CARD(0x80100067, Meaning.CARD_MUTE),
    SCARD_W_RESET_CARD(0x80100068, Meaning.CARD_RESET),
    SCARD_W_REMOVED_CARD(0x80100069, Meaning.CARD_GONE);

    private static final String UNNAMED = "Unknown error 0x";

    private final int number;
    private final Meaning meaning;

    PcscError(int number, Meaning meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /// What failed, with PC/SC's number where it is known.
    static PivException of(String what, Throwable failure) {
        for (@Nullable Throwable at = failure; at != null; at = at.getCause()) {
            var message = at.getMessage();
            if (message == null) {
                continue;
            }
            var known = named(message);
            if (known.isPresent()) {
                return PivException.reader(what, known.get().meaning, known.get().number, failure);
            }
            if (message.startsWith(UNNAMED)) {
                return PivException.reader(what, Meaning.OTHER, number(message), failure);
            }
        }
        return PivException.reader(what, Meaning.OTHER, 0, failure);
    }

    private static Optional<PcscError> named(String name) {
        for (var error : values()) {
            if (error.name().equals(name)) {
                return Optional.of(error);
            }
        }
        return Optional.empty();
    }

    private static int number(String message) {
        try {
            return Integer.parseUnsignedInt(message, UNNAMED.length(), message.length(), 16);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
