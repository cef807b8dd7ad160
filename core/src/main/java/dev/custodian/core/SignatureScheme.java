package dev.custodian.core;

/// A scheme with the one parameter that some have.
///
/// @param saltLength octets of PSS salt, exactly as asked for; 0 where the scheme has none
public record SignatureScheme(Scheme scheme, int saltLength) {
    /// Octets of salt that fit the largest modulus we make (4096 bits, SHA-256).
    public static final int MAX_SALT = 4096 / 8 - 32 - 2;

    public SignatureScheme {
        if (saltLength < 0 || saltLength > (scheme.isPss() ? MAX_SALT : 0)) {
            throw new IllegalArgumentException("salt of " + saltLength + " octets for " + scheme);
        }
    }

    public static SignatureScheme of(Scheme scheme) {
        return new SignatureScheme(scheme, scheme.isPss() ? scheme.hash().length() : 0);
    }

    /// One number for the store: the same number is the same scheme with the same salt length.
    public int code() {
        return saltLength << 8 | scheme.id();
    }

    public static SignatureScheme ofCode(int code) throws MalformedException {
        var scheme = Scheme.ofId(code & 0xff);
        int salt = code >>> 8;
        if (salt > (scheme.isPss() ? MAX_SALT : 0)) {
            throw new MalformedException("salt of " + salt + " octets");
        }
        return new SignatureScheme(scheme, salt);
    }

    /// Whether keys of this kind can sign so: the family agrees and the salt fits the modulus (RFC
    /// 8017 §9.1.1).
    public boolean fits(KeyAlgorithm key) {
        return scheme.family() == key.family()
                && (!scheme.isPss()
                        || saltLength + scheme.hash().length() + 2 <= (key.bits() + 6) / 8);
    }
}
