package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.publickey.PublicNumbers;
import java.math.BigInteger;
import java.security.PublicKey;

/// `TPMT_PUBLIC` (Part 2 §12.2.4) of an RSA or ECC key: what a TPM knows of it that is not secret.
///
/// @param octets all of it, of which its Name is made
/// @param nameHash the hash of its Name
/// @param attributes `TPMA_OBJECT` (Part 2 §8.3)
public record KeyArea(Bytes octets, HashAlgorithm nameHash, int attributes, Kind kind) {
    /// Most octets: RSA-4096 with a policy.
    static final int LONGEST = 1024;

    static final int KEYEDHASH = 0x8;
    static final int SHA256 = 0xb;
    static final int HMAC = 0x5;

    static final int FIXED_TPM = 1 << 1;
    static final int FIXED_PARENT = 1 << 4;
    static final int SENSITIVE_DATA_ORIGIN = 1 << 5;
    static final int RESTRICTED = 1 << 16;
    static final int SIGN = 1 << 18;

    private static final int RSA = 0x1;
    private static final int ECC = 0x23;
    private static final int NULL = 0x10;
    private static final int LONGEST_POLICY = 64;
    private static final int LONGEST_MODULUS = 512;
    private static final int LONGEST_COORDINATE = 66;
    private static final long F4 = 65537;

    /// What the key is made of.
    public sealed interface Kind {}

    /// A point.
    ///
    /// @param curve `TPM_ECC_CURVE`
    public record Ecc(int curve, Bytes x, Bytes y) implements Kind {}

    /// A modulus.
    ///
    /// @param exponent 0 stands for 65537
    public record Rsa(int bits, int exponent, Bytes modulus) implements Kind {}

    /// Reads one that nothing follows.
    public static KeyArea decode(Bytes octets) throws MalformedException {
        var in = new Fields(octets);
        int type = in.u16("type");
        var nameHash = hash(in.u16("nameAlg"));
        int attributes = in.u32("attributes");
        var _ = in.sized("policy", LONGEST_POLICY);
        if (type != RSA && type != ECC) {
            throw new MalformedException("neither RSA nor ECC");
        }
        if (in.u16("symmetric") != NULL) {
            var _ = in.u32("bits and mode");
        }
        if (in.u16("scheme") != NULL) {
            var _ = in.u16("its hash");
        }
        var kind = type == ECC ? ecc(in) : rsa(in);
        in.done();
        return new KeyArea(octets, nameHash, attributes, kind);
    }

    private static Ecc ecc(Fields in) throws MalformedException {
        int curve = in.u16("curve");
        in.require(in.u16("kdf") == NULL, "a key derivation of its own");
        return new Ecc(curve, in.sized("x", LONGEST_COORDINATE), in.sized("y", LONGEST_COORDINATE));
    }

    private static Rsa rsa(Fields in) throws MalformedException {
        return new Rsa(in.u16("bits"), in.u32("exponent"), in.sized("modulus", LONGEST_MODULUS));
    }

    private static HashAlgorithm hash(int number) throws MalformedException {
        return switch (number) {
            case SHA256 -> HashAlgorithm.SHA256;
            case 0xc -> HashAlgorithm.SHA384;
            case 0xd -> HashAlgorithm.SHA512;
            default -> throw new MalformedException("a hash that is none of the SHA-2 family");
        };
    }

    /// `nameAlg ‖ H(TPMT_PUBLIC)` (Part 1 §16).
    public Bytes name() {
        return Bytes.concat(octets.slice(2, 4), Wrapping.hash(nameHash, octets));
    }

    boolean has(int attribute) {
        return (attributes & attribute) == attribute;
    }

    /// Refused when it is no kind of key that a TPM makes for us.
    public KeyAlgorithm algorithm() throws MalformedException {
        return switch (kind) {
            case Ecc ecc when ecc.curve == 3 -> KeyAlgorithm.P256;
            case Ecc ecc when ecc.curve == 4 -> KeyAlgorithm.P384;
            case Rsa rsa when rsa.bits == 2048 -> KeyAlgorithm.RSA_2048;
            case Rsa rsa when rsa.bits == 3072 -> KeyAlgorithm.RSA_3072;
            case Ecc _, Rsa _ -> throw new MalformedException("no key of ours");
        };
    }

    /// The key for the JCA; refused when it is none, or a point beside its curve.
    public PublicKey publicKey() throws MalformedException {
        var algorithm = algorithm();
        return switch (kind) {
            case Ecc ecc -> PublicNumbers.point(algorithm, number(ecc.x), number(ecc.y));
            case Rsa rsa ->
                    PublicKeys.modulus(
                            algorithm,
                            number(rsa.modulus),
                            BigInteger.valueOf(
                                    rsa.exponent == 0 ? F4 : rsa.exponent & 0xffffffffL));
        };
    }

    private static BigInteger number(Bytes octets) {
        return new BigInteger(1, octets.toArray());
    }
}
