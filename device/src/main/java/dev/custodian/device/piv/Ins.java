package dev.custodian.device.piv;

/// The commands that are sent, by their INS octet.
enum Ins {
    SELECT(0xa4),
    VERIFY(0x20),
    CHANGE_REFERENCE_DATA(0x24),
    RESET_RETRY_COUNTER(0x2c),
    GENERATE(0x47),
    GENERAL_AUTHENTICATE(0x87),
    GET_DATA(0xcb),
    PUT_DATA(0xdb),
    GET_RESPONSE(0xc0),
    // Yubico's
    MOVE_KEY(0xf6),
    GET_METADATA(0xf7),
    GET_SERIAL(0xf8),
    ATTEST(0xf9),
    GET_VERSION(0xfd);

    private final int number;

    Ins(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /// Whether its answer may need more than a short one holds.
    boolean answersLong() {
        return switch (this) {
            case GENERATE, GENERAL_AUTHENTICATE, GET_DATA, GET_METADATA, ATTEST -> true;
            case SELECT,
                    VERIFY,
                    CHANGE_REFERENCE_DATA,
                    RESET_RETRY_COUNTER,
                    PUT_DATA,
                    GET_RESPONSE,
                    MOVE_KEY,
                    GET_SERIAL,
                    GET_VERSION ->
                    false;
        };
    }

    /// Whether it has an answer beside the status word.
    boolean answers() {
        return switch (this) {
            case VERIFY, CHANGE_REFERENCE_DATA, RESET_RETRY_COUNTER, PUT_DATA, MOVE_KEY -> false;
            case SELECT,
                    GENERATE,
                    GENERAL_AUTHENTICATE,
                    GET_DATA,
                    GET_RESPONSE,
                    GET_METADATA,
                    GET_SERIAL,
                    ATTEST,
                    GET_VERSION ->
                    true;
        };
    }
}
