package dev.custodian.server.vault.pkcs11;

import java.util.HashMap;
import java.util.Map;

/// Names of what functions return (PKCS#11 v2.40 §5.1).
final class ReturnValues {
    private static final long VENDOR = 0x80000000L;
    private static final String TABLE =
            """
            0 CKR_OK
            1 CKR_CANCEL
            2 CKR_HOST_MEMORY
            3 CKR_SLOT_ID_INVALID
            5 CKR_GENERAL_ERROR
            6 CKR_FUNCTION_FAILED
            7 CKR_ARGUMENTS_BAD
            8 CKR_NO_EVENT
            9 CKR_NEED_TO_CREATE_THREADS
            A CKR_CANT_LOCK
            10 CKR_ATTRIBUTE_READ_ONLY
            11 CKR_ATTRIBUTE_SENSITIVE
            12 CKR_ATTRIBUTE_TYPE_INVALID
            13 CKR_ATTRIBUTE_VALUE_INVALID
            1B CKR_ACTION_PROHIBITED
            20 CKR_DATA_INVALID
            21 CKR_DATA_LEN_RANGE
            30 CKR_DEVICE_ERROR
            31 CKR_DEVICE_MEMORY
            32 CKR_DEVICE_REMOVED
            40 CKR_ENCRYPTED_DATA_INVALID
            41 CKR_ENCRYPTED_DATA_LEN_RANGE
            50 CKR_FUNCTION_CANCELED
            51 CKR_FUNCTION_NOT_PARALLEL
            54 CKR_FUNCTION_NOT_SUPPORTED
            60 CKR_KEY_HANDLE_INVALID
            62 CKR_KEY_SIZE_RANGE
            63 CKR_KEY_TYPE_INCONSISTENT
            64 CKR_KEY_NOT_NEEDED
            65 CKR_KEY_CHANGED
            66 CKR_KEY_NEEDED
            67 CKR_KEY_INDIGESTIBLE
            68 CKR_KEY_FUNCTION_NOT_PERMITTED
            69 CKR_KEY_NOT_WRAPPABLE
            6A CKR_KEY_UNEXTRACTABLE
            70 CKR_MECHANISM_INVALID
            71 CKR_MECHANISM_PARAM_INVALID
            82 CKR_OBJECT_HANDLE_INVALID
            90 CKR_OPERATION_ACTIVE
            91 CKR_OPERATION_NOT_INITIALIZED
            A0 CKR_PIN_INCORRECT
            A1 CKR_PIN_INVALID
            A2 CKR_PIN_LEN_RANGE
            A3 CKR_PIN_EXPIRED
            A4 CKR_PIN_LOCKED
            B0 CKR_SESSION_CLOSED
            B1 CKR_SESSION_COUNT
            B3 CKR_SESSION_HANDLE_INVALID
            B4 CKR_SESSION_PARALLEL_NOT_SUPPORTED
            B5 CKR_SESSION_READ_ONLY
            B6 CKR_SESSION_EXISTS
            B7 CKR_SESSION_READ_ONLY_EXISTS
            B8 CKR_SESSION_READ_WRITE_SO_EXISTS
            C0 CKR_SIGNATURE_INVALID
            C1 CKR_SIGNATURE_LEN_RANGE
            D0 CKR_TEMPLATE_INCOMPLETE
            D1 CKR_TEMPLATE_INCONSISTENT
            E0 CKR_TOKEN_NOT_PRESENT
            E1 CKR_TOKEN_NOT_RECOGNIZED
            E2 CKR_TOKEN_WRITE_PROTECTED
            F0 CKR_UNWRAPPING_KEY_HANDLE_INVALID
            F1 CKR_UNWRAPPING_KEY_SIZE_RANGE
            F2 CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT
            100 CKR_USER_ALREADY_LOGGED_IN
            101 CKR_USER_NOT_LOGGED_IN
            102 CKR_USER_PIN_NOT_INITIALIZED
            103 CKR_USER_TYPE_INVALID
            104 CKR_USER_ANOTHER_ALREADY_LOGGED_IN
            105 CKR_USER_TOO_MANY_TYPES
            110 CKR_WRAPPED_KEY_INVALID
            112 CKR_WRAPPED_KEY_LEN_RANGE
            113 CKR_WRAPPING_KEY_HANDLE_INVALID
            114 CKR_WRAPPING_KEY_SIZE_RANGE
            115 CKR_WRAPPING_KEY_TYPE_INCONSISTENT
            120 CKR_RANDOM_SEED_NOT_SUPPORTED
            121 CKR_RANDOM_NO_RNG
            130 CKR_DOMAIN_PARAMS_INVALID
            140 CKR_CURVE_NOT_SUPPORTED
            150 CKR_BUFFER_TOO_SMALL
            160 CKR_SAVED_STATE_INVALID
            170 CKR_INFORMATION_SENSITIVE
            180 CKR_STATE_UNSAVEABLE
            190 CKR_CRYPTOKI_NOT_INITIALIZED
            191 CKR_CRYPTOKI_ALREADY_INITIALIZED
            1A0 CKR_MUTEX_BAD
            1A1 CKR_MUTEX_NOT_LOCKED
            1B0 CKR_NEW_PIN_MODE
            1B1 CKR_NEXT_OTP
            1C0 CKR_EXCEEDED_MAX_ITERATIONS
            1C1 CKR_FIPS_SELF_TEST_FAILED
            1C2 CKR_LIBRARY_LOAD_FAILED
            1C3 CKR_PIN_TOO_WEAK
            1C4 CKR_PUBLIC_KEY_INVALID
            200 CKR_FUNCTION_REJECTED
            """;
    private static final Map<Long, String> NAMES = names();

    private ReturnValues() {}

    /// The name of the standard; for one that it does not have, that it is a vendor's or unknown.
    static String name(long rv) {
        return NAMES.getOrDefault(
                rv, rv >= VENDOR ? "a return value of the vendor" : "an unknown return value");
    }

    private static Map<Long, String> names() {
        var names = new HashMap<Long, String>();
        TABLE.lines()
                .map(line -> line.split(" ", 2))
                .forEach(pair -> names.put(Long.parseLong(pair[0], 16), pair[1]));
        return names;
    }
}
