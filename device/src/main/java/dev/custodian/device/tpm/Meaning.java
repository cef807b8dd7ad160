package dev.custodian.device.tpm;

/// What a TPM's return code says (Part 2 §6.6.3), as far as anybody acts on it.
public enum Meaning {
    /// The TPM was not started.
    INITIALIZE(0x100),
    /// A self-test failed: the TPM does nothing more.
    FAILURE(0x101),
    DISABLED(0x120),
    AUTH_TYPE(0x124),
    AUTH_MISSING(0x125),
    AUTH_UNAVAILABLE(0x12f),
    /// The TPM does not have this command.
    COMMAND_CODE(0x143),
    SENSITIVE(0x155),

    ASYMMETRIC(0x81),
    ATTRIBUTES(0x82),
    HASH(0x83),
    VALUE(0x84),
    HIERARCHY(0x85),
    KEY_SIZE(0x87),
    MODE(0x89),
    TYPE(0x8a),
    /// There is no such object.
    HANDLE(0x8b),
    RANGE(0x8d),
    /// A wrong PIN, which was counted.
    AUTH_FAIL(0x8e),
    SCHEME(0x92),
    SIZE(0x95),
    SYMMETRIC(0x96),
    KEY(0x9c),
    POLICY_FAIL(0x9d),
    /// The blob is another TPM's, or of this one before it was cleared, or was changed.
    INTEGRITY(0x9f),
    TICKET(0xa0),
    /// A wrong PIN, which was not counted.
    BAD_AUTH(0xa2),
    BINDING(0xa5),
    CURVE(0xa6),
    ECC_POINT(0xa7),

    CONTEXT_GAP(0x901),
    /// All slots for objects are taken.
    OBJECT_MEMORY(0x902),
    /// All slots for sessions are taken.
    SESSION_MEMORY(0x903),
    SESSION_HANDLES(0x905),
    OBJECT_HANDLES(0x906),
    YIELDED(0x908),
    CANCELED(0x909),
    TESTING(0x90a),
    NV_RATE(0x920),
    /// Too many wrong PINs: nothing with dictionary-attack protection works for a while.
    LOCKOUT(0x921),
    RETRY(0x922),
    NV_UNAVAILABLE(0x923),

    /// The system's software in front of the TPM does not let the command through: TBS on Windows.
    BLOCKED(0x80280400),

    /// No code: the answer is not well formed.
    MALFORMED_ANSWER(0),
    /// No code: the answer is not what this TPM said.
    FORGED_ANSWER(0),
    /// No code: the parent key is not the one that the caller knows. Another TPM, one that was
    /// cleared, or something in between.
    ANOTHER_PARENT(0),
    /// No code: the TPM has certificates, and the endorsement key of none of them.
    ANOTHER_ENDORSEMENT(0),
    /// Another code.
    OTHER(0);

    /// Bit 7: the code names a handle, parameter or session.
    private static final int FORMAT_ONE = 0x80;

    private static final int PARAMETER = 0x40;

    private final int code;

    Meaning(int code) {
        this.code = code;
    }

    static Meaning of(int code) {
        int kind = isFormatOne(code) ? code & 0xbf : code;
        for (var meaning : values()) {
            if (meaning.code == kind && kind != 0) {
                return meaning;
            }
        }
        return OTHER;
    }

    /// The part of the command that is meant: ` of session 1`; empty for none.
    static String place(int code) {
        int number = code >> 8 & 0xf;
        if (!isFormatOne(code) || number == 0) {
            return "";
        }
        if ((code & PARAMETER) != 0) {
            return " of parameter " + number;
        }
        return number > 8 ? " of session " + (number - 8) : " of handle " + number;
    }

    private static boolean isFormatOne(int code) {
        return code >>> 12 == 0 && (code & FORMAT_ONE) != 0;
    }

    /// Whether the same command is to be sent again (Part 2 §6.6.3, `RC_WARN`).
    boolean isPassing() {
        return this == RETRY || this == YIELDED || this == TESTING || this == NV_RATE;
    }
}
