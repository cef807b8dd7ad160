package dev.custodian.core.der;

/// Identifier octets (X.690 §8.1.2): class, form and number in one.
public final class Tag {
    public static final int BOOLEAN = 0x01;
    public static final int INTEGER = 0x02;
    public static final int BIT_STRING = 0x03;
    public static final int OCTET_STRING = 0x04;
    public static final int NULL = 0x05;
    public static final int OBJECT_IDENTIFIER = 0x06;
    public static final int UTF8_STRING = 0x0c;
    public static final int PRINTABLE_STRING = 0x13;
    public static final int IA5_STRING = 0x16;
    public static final int UTC_TIME = 0x17;
    public static final int GENERALIZED_TIME = 0x18;
    public static final int SEQUENCE = 0x30;
    public static final int SET = 0x31;

    private Tag() {}

    /// `[number]`, explicit or around constructed content; up to 30.
    public static int context(int number) {
        if (number < 0 || number > 30) {
            throw new IllegalArgumentException("a tag of more than one octet");
        }
        return 0xa0 | number;
    }
}
