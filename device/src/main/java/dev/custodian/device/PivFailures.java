package dev.custodian.device;

import dev.custodian.device.piv.Meaning;
import dev.custodian.device.piv.PivException;
import java.io.IOException;

/// What a card's status word, or PC/SC's number, is in the words of [DeviceFailure]: the whole
/// table.
final class PivFailures {
    private PivFailures() {}

    static DeviceFailure of(Meaning meaning) {
        return switch (meaning) {
            case WRONG_PIN -> DeviceFailure.PIN_WRONG;
            case PIN_BLOCKED -> DeviceFailure.PIN_LOCKED;
            case PIN_REQUIRED -> DeviceFailure.PIN_NEEDED;
            case PIN_LENGTH -> DeviceFailure.PIN_UNFIT;
            case NO_KEY, NOT_FOUND -> DeviceFailure.KEY_UNKNOWN;
            case WRONG_DATA,
                    WRONG_PARAMETERS,
                    WRONG_LENGTH,
                    FUNCTION_NOT_OFFERED,
                    COMMAND_NOT_OFFERED,
                    CLASS_NOT_OFFERED ->
                    DeviceFailure.UNSUPPORTED;
            case NOT_NOW, CARD_IN_USE -> DeviceFailure.STORE_BUSY;
            case CARD_FULL -> DeviceFailure.STORE_FULL;
            case PIN_KEPT -> DeviceFailure.STORE_SILENT;
            case CARD_GONE, CARD_RESET, READER_GONE, SERVICE_GONE, COMMUNICATION ->
                    DeviceFailure.STORE_GONE;
            case ANOTHER_CARD -> DeviceFailure.KEY_FOREIGN;
            case NO_PIV -> DeviceFailure.STORE_ABSENT;
            case WRONG_MANAGEMENT_KEY -> DeviceFailure.STORE_DENIED;
            case MALFORMED_ANSWER, FORGED_CARD, WRONG_SIGNATURE -> DeviceFailure.STORE_LIED;
            case CARD_MUTE, MEMORY_FAILED, OTHER -> DeviceFailure.STORE_BROKEN;
        };
    }

    static DeviceException of(IOException e) {
        var said = String.valueOf(e.getMessage());
        return e instanceof PivException answer
                ? new DeviceException(
                        of(answer.meaning()),
                        Integer.toUnsignedLong(answer.code()),
                        sentence(answer, said),
                        e)
                : new DeviceException(DeviceFailure.STORE_GONE, 0, said, e);
    }

    private static String sentence(PivException answer, String said) {
        return switch (answer.meaning()) {
            case NOT_NOW -> "The card waited for a touch, or does not let the key be used so.";
            case ANOTHER_CARD -> PivConnection.ANOTHER_CARD;
            case PIN_LENGTH -> "It has to have 6 to 8 characters.";
            case PIN_KEPT ->
                    "Other programs may use it without its PIN: it could not be made to forget it.";
            case PIN_BLOCKED -> "The card's PUK gives it a new PIN.";
            case WRONG_MANAGEMENT_KEY -> "The card has another management key.";
            default -> "The card: " + said + ".";
        };
    }
}
