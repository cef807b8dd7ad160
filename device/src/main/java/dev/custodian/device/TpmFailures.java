package dev.custodian.device;

import dev.custodian.device.tpm.Meaning;
import dev.custodian.device.tpm.TpmException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/// What a TPM's return code is in the words of [DeviceFailure]: the whole table.
final class TpmFailures {
    private TpmFailures() {}

    static DeviceFailure of(Meaning meaning) {
        return switch (meaning) {
            case AUTH_FAIL, BAD_AUTH -> DeviceFailure.PIN_WRONG;
            case LOCKOUT -> DeviceFailure.PIN_LOCKED;
            case INTEGRITY, HANDLE, ANOTHER_PARENT -> DeviceFailure.KEY_FOREIGN;
            case SENSITIVE, BINDING, KEY, ECC_POINT -> DeviceFailure.KEY_DAMAGED;
            case OBJECT_MEMORY, OBJECT_HANDLES, SESSION_MEMORY, SESSION_HANDLES ->
                    DeviceFailure.STORE_FULL;
            case RETRY, YIELDED, TESTING, NV_RATE, NV_UNAVAILABLE, CANCELED, CONTEXT_GAP ->
                    DeviceFailure.STORE_BUSY;
            case AUTH_UNAVAILABLE, HIERARCHY, BLOCKED -> DeviceFailure.STORE_DENIED;
            case ASYMMETRIC, CURVE, HASH, KEY_SIZE, MODE, SCHEME, SYMMETRIC, VALUE, COMMAND_CODE ->
                    DeviceFailure.UNSUPPORTED;
            case MALFORMED_ANSWER, FORGED_ANSWER -> DeviceFailure.STORE_LIED;
            case INITIALIZE,
                    FAILURE,
                    DISABLED,
                    AUTH_TYPE,
                    AUTH_MISSING,
                    ATTRIBUTES,
                    TYPE,
                    RANGE,
                    SIZE,
                    POLICY_FAIL,
                    TICKET,
                    ANOTHER_ENDORSEMENT,
                    OTHER ->
                    DeviceFailure.STORE_BROKEN;
        };
    }

    static DeviceException of(IOException e) {
        var said = String.valueOf(e.getMessage());
        if (e instanceof TpmException answer) {
            return new DeviceException(
                    of(answer.meaning()),
                    Integer.toUnsignedLong(answer.code()),
                    "The TPM answered " + said + ".",
                    e);
        }
        var failure =
                switch (e.getCause()) {
                    case AccessDeniedException _ -> DeviceFailure.STORE_DENIED;
                    case NoSuchFileException _ -> DeviceFailure.STORE_ABSENT;
                    case null, default -> DeviceFailure.STORE_GONE;
                };
        return new DeviceException(failure, 0, said, e);
    }
}
