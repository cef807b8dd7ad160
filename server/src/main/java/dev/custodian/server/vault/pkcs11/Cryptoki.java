package dev.custodian.server.vault.pkcs11;

/// The numbers of PKCS#11 that are used here, by their names in the standard.
public final class Cryptoki {
    // Flags of the module, a session and a token.
    public static final long CKF_OS_LOCKING_OK = 0x2;
    public static final long CKF_RW_SESSION = 0x2;
    public static final long CKF_SERIAL_SESSION = 0x4;
    public static final long CKF_TOKEN_INITIALIZED = 0x400;
    public static final long CKF_USER_PIN_INITIALIZED = 0x8;
    public static final long CKF_LOGIN_REQUIRED = 0x4;

    // Classes of objects.
    public static final long CKO_DATA = 0x0;
    public static final long CKO_CERTIFICATE = 0x1;
    public static final long CKO_PUBLIC_KEY = 0x2;
    public static final long CKO_PRIVATE_KEY = 0x3;
    public static final long CKO_SECRET_KEY = 0x4;

    // Types of keys.
    public static final long CKK_RSA = 0x0;
    public static final long CKK_EC = 0x3;
    public static final long CKK_GENERIC_SECRET = 0x10;
    public static final long CKK_AES = 0x1F;

    // Attributes.
    public static final long CKA_CLASS = 0x0;
    public static final long CKA_TOKEN = 0x1;
    public static final long CKA_PRIVATE = 0x2;
    public static final long CKA_LABEL = 0x3;
    public static final long CKA_VALUE = 0x11;
    public static final long CKA_TRUSTED = 0x86;
    public static final long CKA_KEY_TYPE = 0x100;
    public static final long CKA_ID = 0x102;
    public static final long CKA_SENSITIVE = 0x103;
    public static final long CKA_ENCRYPT = 0x104;
    public static final long CKA_DECRYPT = 0x105;
    public static final long CKA_WRAP = 0x106;
    public static final long CKA_UNWRAP = 0x107;
    public static final long CKA_SIGN = 0x108;
    public static final long CKA_SIGN_RECOVER = 0x109;
    public static final long CKA_VERIFY = 0x10A;
    public static final long CKA_DERIVE = 0x10C;
    public static final long CKA_MODULUS = 0x120;
    public static final long CKA_MODULUS_BITS = 0x121;
    public static final long CKA_PUBLIC_EXPONENT = 0x122;
    public static final long CKA_PRIVATE_EXPONENT = 0x123;
    public static final long CKA_PRIME_1 = 0x124;
    public static final long CKA_PRIME_2 = 0x125;
    public static final long CKA_EXPONENT_1 = 0x126;
    public static final long CKA_EXPONENT_2 = 0x127;
    public static final long CKA_COEFFICIENT = 0x128;
    public static final long CKA_VALUE_LEN = 0x161;
    public static final long CKA_EXTRACTABLE = 0x162;
    public static final long CKA_LOCAL = 0x163;
    public static final long CKA_NEVER_EXTRACTABLE = 0x164;
    public static final long CKA_ALWAYS_SENSITIVE = 0x165;
    public static final long CKA_MODIFIABLE = 0x170;
    public static final long CKA_COPYABLE = 0x171;
    public static final long CKA_DESTROYABLE = 0x172;
    public static final long CKA_EC_PARAMS = 0x180;
    public static final long CKA_EC_POINT = 0x181;
    public static final long CKA_WRAP_WITH_TRUSTED = 0x210;
    public static final long CKA_WRAP_TEMPLATE = 0x40000211;
    public static final long CKA_UNWRAP_TEMPLATE = 0x40000212;
    public static final long CKA_ALLOWED_MECHANISMS = 0x40000600;

    // Mechanisms.
    public static final long CKM_RSA_PKCS_KEY_PAIR_GEN = 0x0;
    public static final long CKM_RSA_PKCS = 0x1;
    public static final long CKM_RSA_PKCS_PSS = 0xD;
    public static final long CKM_EC_KEY_PAIR_GEN = 0x1040;
    public static final long CKM_ECDSA = 0x1041;
    public static final long CKM_SHA256_HMAC = 0x251;
    public static final long CKM_GENERIC_SECRET_KEY_GEN = 0x350;
    public static final long CKM_AES_KEY_GEN = 0x1080;
    public static final long CKM_AES_ECB = 0x1081;
    public static final long CKM_AES_CBC = 0x1082;
    public static final long CKM_AES_CBC_PAD = 0x1085;
    public static final long CKM_AES_KEY_WRAP = 0x2109;

    /// Not one format: SoftHSM and NSS wrap differently under this number.
    public static final long CKM_AES_KEY_WRAP_PAD = 0x210A;

    /// RFC 5649.
    public static final long CKM_AES_KEY_WRAP_KWP = 0x210B;

    // What functions return.
    public static final long CKR_OK = 0x0;
    public static final long CKR_GENERAL_ERROR = 0x5;
    public static final long CKR_FUNCTION_FAILED = 0x6;
    public static final long CKR_ARGUMENTS_BAD = 0x7;
    public static final long CKR_ATTRIBUTE_READ_ONLY = 0x10;
    public static final long CKR_ATTRIBUTE_SENSITIVE = 0x11;
    public static final long CKR_ATTRIBUTE_TYPE_INVALID = 0x12;
    public static final long CKR_ATTRIBUTE_VALUE_INVALID = 0x13;
    public static final long CKR_DEVICE_ERROR = 0x30;
    public static final long CKR_DEVICE_MEMORY = 0x31;
    public static final long CKR_DEVICE_REMOVED = 0x32;
    public static final long CKR_FUNCTION_NOT_SUPPORTED = 0x54;
    public static final long CKR_KEY_HANDLE_INVALID = 0x60;
    public static final long CKR_OBJECT_HANDLE_INVALID = 0x82;
    public static final long CKR_OPERATION_ACTIVE = 0x90;
    public static final long CKR_PIN_INCORRECT = 0xA0;
    public static final long CKR_PIN_LOCKED = 0xA4;
    public static final long CKR_SESSION_CLOSED = 0xB0;
    public static final long CKR_SESSION_HANDLE_INVALID = 0xB3;
    public static final long CKR_TOKEN_NOT_PRESENT = 0xE0;
    public static final long CKR_TOKEN_NOT_RECOGNIZED = 0xE1;
    public static final long CKR_USER_ALREADY_LOGGED_IN = 0x100;
    public static final long CKR_USER_NOT_LOGGED_IN = 0x101;
    public static final long CKR_USER_TYPE_INVALID = 0x103;
    public static final long CKR_BUFFER_TOO_SMALL = 0x150;
    public static final long CKR_CRYPTOKI_NOT_INITIALIZED = 0x190;
    public static final long CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;

    private Cryptoki() {}
}
