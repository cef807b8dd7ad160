package dev.custodian.device.tpm;

import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.MalformedException;

/// Numbers of algorithms, curves, handles and attributes (Part 2 §6.3, §6.4, §7, §8.3).
final class Alg {
    static final int RSA = 0x1;
    static final int AES = 0x6;
    static final int KEYEDHASH = 0x8;
    static final int NULL = 0x10;
    static final int RSASSA = 0x14;
    static final int RSAPSS = 0x16;
    static final int ECDSA = 0x18;
    static final int ECC = 0x23;
    static final int CFB = 0x43;
    static final int SHA256 = 0xb;

    static final int P256 = 3;
    static final int P384 = 4;

    static final int OWNER = 0x40000001;
    static final int NO_HIERARCHY = 0x40000007;
    static final int PASSWORD = 0x40000009;
    static final int ENDORSEMENT = 0x4000000b;

    static final int FIXED_TPM = 1 << 1;
    static final int FIXED_PARENT = 1 << 4;
    static final int SENSITIVE_DATA_ORIGIN = 1 << 5;
    static final int USER_WITH_AUTH = 1 << 6;
    static final int ADMIN_WITH_POLICY = 1 << 7;
    static final int NO_DA = 1 << 10;
    static final int RESTRICTED = 1 << 16;
    static final int DECRYPT = 1 << 17;
    static final int SIGN = 1 << 18;

    private Alg() {}

    static int of(HashAlgorithm hash) {
        return switch (hash) {
            case SHA256 -> SHA256;
            case SHA384 -> 0xc;
            case SHA512 -> 0xd;
        };
    }

    static HashAlgorithm hash(int number) throws MalformedException {
        return switch (number) {
            case SHA256 -> HashAlgorithm.SHA256;
            case 0xc -> HashAlgorithm.SHA384;
            case 0xd -> HashAlgorithm.SHA512;
            default -> throw new MalformedException("a hash that is none of the SHA-2 family");
        };
    }
}
