package dev.custodian.agent.p11.rpc;

/// Types of attributes that our objects have, and those that no key of ours tells (PKCS#11 A.2).
public final class Cka {
    public static final int CLASS = 0x0;
    public static final int TOKEN = 0x1;
    public static final int PRIVATE = 0x2;
    public static final int LABEL = 0x3;
    public static final int VALUE = 0x11;
    public static final int CERTIFICATE_TYPE = 0x80;
    public static final int ISSUER = 0x81;
    public static final int SERIAL_NUMBER = 0x82;
    public static final int TRUSTED = 0x86;
    public static final int CERTIFICATE_CATEGORY = 0x87;
    public static final int KEY_TYPE = 0x100;
    public static final int SUBJECT = 0x101;
    public static final int ID = 0x102;
    public static final int SENSITIVE = 0x103;
    public static final int ENCRYPT = 0x104;
    public static final int DECRYPT = 0x105;
    public static final int WRAP = 0x106;
    public static final int UNWRAP = 0x107;
    public static final int SIGN = 0x108;
    public static final int SIGN_RECOVER = 0x109;
    public static final int VERIFY = 0x10a;
    public static final int VERIFY_RECOVER = 0x10b;
    public static final int DERIVE = 0x10c;
    public static final int START_DATE = 0x110;
    public static final int END_DATE = 0x111;
    public static final int MODULUS = 0x120;
    public static final int MODULUS_BITS = 0x121;
    public static final int PUBLIC_EXPONENT = 0x122;
    public static final int PRIVATE_EXPONENT = 0x123;
    public static final int COEFFICIENT = 0x128;
    public static final int PUBLIC_KEY_INFO = 0x129;
    public static final int EXTRACTABLE = 0x162;
    public static final int LOCAL = 0x163;
    public static final int NEVER_EXTRACTABLE = 0x164;
    public static final int ALWAYS_SENSITIVE = 0x165;
    public static final int MODIFIABLE = 0x170;
    public static final int COPYABLE = 0x171;
    public static final int EC_PARAMS = 0x180;
    public static final int EC_POINT = 0x181;
    public static final int ALWAYS_AUTHENTICATE = 0x202;
    public static final int WRAP_WITH_TRUSTED = 0x210;
    public static final int ALLOWED_MECHANISMS = 0x40000600;

    private Cka() {}

    /// Whether it is part of a private key's secret.
    public static boolean isSecret(int type) {
        return type == VALUE || type >= PRIVATE_EXPONENT && type <= COEFFICIENT;
    }
}
