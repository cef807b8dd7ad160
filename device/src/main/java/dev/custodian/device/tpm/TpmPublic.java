package dev.custodian.device.tpm;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.publickey.PublicNumbers;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;

/// `TPMT_PUBLIC`: the public area of an object (Part 2 §12.2.4).
///
/// @param nameHash the hash of its Name
/// @param attributes `TPMA_OBJECT` (Part 2 §8.3)
/// @param policy `authPolicy`; empty for none
public record TpmPublic(HashAlgorithm nameHash, int attributes, Bytes policy, Kind kind) {
    private static final int LONGEST_POLICY = 64;
    private static final int LONGEST_MODULUS = 512;
    private static final int LONGEST_COORDINATE = 66;
    private static final long F4 = 65537;

    /// The type, and what it needs: `TPMU_PUBLIC_PARMS` and `TPMU_PUBLIC_ID`.
    public sealed interface Kind {}

    /// A key on a curve.
    ///
    /// @param curve `TPM_ECC_CURVE`
    public record Ecc(Symmetric symmetric, AsymScheme scheme, int curve, Bytes x, Bytes y)
            implements Kind {}

    /// A key of RSA.
    ///
    /// @param exponent 0 stands for 65537
    public record Rsa(Symmetric symmetric, AsymScheme scheme, int bits, int exponent, Bytes modulus)
            implements Kind {}

    /// A sealed secret, or a key of HMAC.
    public record KeyedHash(AsymScheme scheme, Bytes unique) implements Kind {}

    /// `TPMT_SYM_DEF_OBJECT`: how a storage key protects what is below it.
    public record Symmetric(int algorithm, int bits, int mode) {
        static final Symmetric NONE = new Symmetric(Alg.NULL, 0, 0);
        static final Symmetric AES_128_CFB = new Symmetric(Alg.AES, 128, Alg.CFB);

        static Symmetric read(TpmReader in) throws MalformedException {
            int algorithm = in.u16("symmetric");
            return algorithm == Alg.NULL
                    ? NONE
                    : new Symmetric(algorithm, in.u16("bits"), in.u16("mode"));
        }

        void write(TpmWriter out) {
            out.u16(algorithm);
            if (algorithm != Alg.NULL) {
                out.u16(bits).u16(mode);
            }
        }
    }

    /// A scheme with a hash, or none: the caller of each signature chooses then.
    public record AsymScheme(int algorithm, int hash) {
        static final AsymScheme NONE = new AsymScheme(Alg.NULL, 0);

        static AsymScheme read(TpmReader in) throws MalformedException {
            int algorithm = in.u16("scheme");
            return switch (algorithm) {
                case Alg.NULL -> NONE;
                case Alg.RSASSA, Alg.RSAPSS, Alg.ECDSA, 0x5, 0x17, 0x19 ->
                        new AsymScheme(algorithm, in.u16("hash"));
                default -> throw new MalformedException("an unknown scheme");
            };
        }

        TpmWriter write(TpmWriter out) {
            out.u16(algorithm);
            return algorithm == Alg.NULL ? out : out.u16(hash);
        }
    }

    /// Reads one that nothing follows.
    static TpmPublic decode(Bytes octets) throws MalformedException {
        var in = new TpmReader(octets.toArray());
        int type = in.u16("type");
        var nameHash = Alg.hash(in.u16("nameAlg"));
        int attributes = in.u32("attributes");
        var policy = in.sized("policy", LONGEST_POLICY);
        var kind =
                switch (type) {
                    case Alg.ECC -> ecc(in);
                    case Alg.RSA -> rsa(in);
                    case Alg.KEYEDHASH ->
                            new KeyedHash(AsymScheme.read(in), in.sized("unique", LONGEST_POLICY));
                    default -> throw new MalformedException("an unknown type of object");
                };
        in.done();
        return new TpmPublic(nameHash, attributes, policy, kind);
    }

    private static Ecc ecc(TpmReader in) throws MalformedException {
        var symmetric = Symmetric.read(in);
        var scheme = AsymScheme.read(in);
        int curve = in.u16("curve");
        in.require(in.u16("kdf") == Alg.NULL, "a key derivation of its own");
        return new Ecc(
                symmetric,
                scheme,
                curve,
                in.sized("x", LONGEST_COORDINATE),
                in.sized("y", LONGEST_COORDINATE));
    }

    private static Rsa rsa(TpmReader in) throws MalformedException {
        return new Rsa(
                Symmetric.read(in),
                AsymScheme.read(in),
                in.u16("bits"),
                in.u32("exponent"),
                in.sized("modulus", LONGEST_MODULUS));
    }

    Bytes encode() {
        var out = new TpmWriter();
        int type =
                switch (kind) {
                    case Ecc _ -> Alg.ECC;
                    case Rsa _ -> Alg.RSA;
                    case KeyedHash _ -> Alg.KEYEDHASH;
                };
        out.u16(type).u16(Alg.of(nameHash)).u32(attributes).sized(policy);
        switch (kind) {
            case Ecc ecc -> {
                ecc.symmetric.write(out);
                ecc.scheme.write(out).u16(ecc.curve).u16(Alg.NULL).sized(ecc.x).sized(ecc.y);
            }
            case Rsa rsa -> {
                rsa.symmetric.write(out);
                rsa.scheme.write(out).u16(rsa.bits).u32(rsa.exponent).sized(rsa.modulus);
            }
            case KeyedHash keyed -> keyed.scheme.write(out).sized(keyed.unique);
        }
        return out.bytes();
    }

    /// `nameAlg ‖ H(TPMT_PUBLIC)` (Part 1 §16).
    public Bytes name() {
        return new TpmWriter()
                .u16(Alg.of(nameHash))
                .raw(Kdf.hash(nameHash, encode().toArray()))
                .bytes();
    }

    boolean has(int attribute) {
        return (attributes & attribute) == attribute;
    }

    /// Refused when it is no key of the algorithms that we make.
    public KeyAlgorithm algorithm() throws MalformedException {
        return switch (kind) {
            case Ecc ecc when ecc.curve == Alg.P256 -> KeyAlgorithm.P256;
            case Ecc ecc when ecc.curve == Alg.P384 -> KeyAlgorithm.P384;
            case Rsa rsa when rsa.bits == 2048 -> KeyAlgorithm.RSA_2048;
            case Rsa rsa when rsa.bits == 3072 -> KeyAlgorithm.RSA_3072;
            case Ecc _, Rsa _, KeyedHash _ -> throw new MalformedException("no key of ours");
        };
    }

    /// The public key for the JCA; refused when it is none, or a point beside its curve.
    public PublicKey publicKey() throws MalformedException {
        var algorithm = algorithm();
        return switch (kind) {
            case Ecc ecc -> PublicNumbers.point(algorithm, number(ecc.x), number(ecc.y));
            case Rsa rsa ->
                    PublicNumbers.rsa(
                            algorithm,
                            number(rsa.modulus),
                            BigInteger.valueOf(
                                    rsa.exponent == 0 ? F4 : rsa.exponent & 0xffffffffL));
            case KeyedHash _ -> throw new MalformedException("no key of ours");
        };
    }

    /// `TPMS_ECC_POINT` of a key that the JCA made.
    static TpmWriter point(ECPublicKey key) {
        int size = (key.getParams().getCurve().getField().getFieldSize() + 7) / 8;
        return new TpmWriter()
                .sized(fixed(key.getW().getAffineX(), size))
                .sized(fixed(key.getW().getAffineY(), size));
    }

    static byte[] fixed(BigInteger number, int size) {
        var octets = number.toByteArray();
        var fixed = new byte[size];
        int length = Math.min(octets.length, size);
        System.arraycopy(octets, octets.length - length, fixed, size - length, length);
        return fixed;
    }

    static BigInteger number(Bytes octets) {
        return new BigInteger(1, octets.toArray());
    }
}
