package dev.custodian.core;

import java.util.Arrays;
import java.util.List;

/// A kind of signing key: the other half of the algorithm table, with every foreign name that it
/// has (FORMATS §8). The ids travel.
public enum KeyAlgorithm {
    RSA_2048(1, "RSA-2048", Family.RSA, 2048, ""),
    RSA_3072(2, "RSA-3072", Family.RSA, 3072, ""),
    RSA_4096(3, "RSA-4096", Family.RSA, 4096, ""),
    P256(4, "P-256", Family.EC, 256, "1.2.840.10045.3.1.7"),
    P384(5, "P-384", Family.EC, 384, "1.3.132.0.34"),
    P521(6, "P-521", Family.EC, 521, "1.3.132.0.35");

    /// What kind of mathematics, and so which signature schemes fit.
    public enum Family {
        RSA,
        EC
    }

    private final int id;
    private final String display;
    private final Family family;
    private final int bits;
    private final String curveOid;

    KeyAlgorithm(int id, String display, Family family, int bits, String curveOid) {
        this.id = id;
        this.display = display;
        this.family = family;
        this.bits = bits;
        this.curveOid = curveOid;
    }

    /// The kind of key with this id on the link.
    public static KeyAlgorithm ofId(int id) throws MalformedException {
        if (id < 1 || id > values().length) {
            throw new MalformedException("no kind of key has the id " + id);
        }
        return values()[id - 1];
    }

    /// Reads the name that people type: `RSA-3072`, `P-256`.
    public static KeyAlgorithm ofName(String name) throws MalformedException {
        for (var algorithm : values()) {
            if (algorithm.display.equals(name)) {
                return algorithm;
            }
        }
        throw new MalformedException(
                "not one of " + Arrays.stream(values()).map(KeyAlgorithm::display).toList());
    }

    public int id() {
        return id;
    }

    /// The name that people read and type.
    public String display() {
        return display;
    }

    public Family family() {
        return family;
    }

    /// Bits of the modulus or of the field: `key/len` of the CSC API.
    public int bits() {
        return bits;
    }

    /// Dotted OID of the curve, `key/curve` of the CSC API; empty for RSA.
    public String curveOid() {
        return curveOid;
    }

    /// The name of the curve in the JCA (`secp256r1`); empty for RSA.
    public String jcaCurve() {
        return family == Family.RSA ? "" : "secp" + bits + "r1";
    }

    /// PKCS#11 key type: `CKK_RSA`, `CKK_EC`.
    public int ckk() {
        return family == Family.RSA ? 0 : 3;
    }

    /// The name of the algorithm in CNG: `RSA`, `ECDSA_P256`.
    public String ncrypt() {
        return family == Family.RSA ? "RSA" : "ECDSA_P" + bits;
    }

    /// Format of the public key in ssh (RFC 4253 §6.6, RFC 5656 §3.1).
    public String sshKey() {
        return family == Family.RSA ? "ssh-rsa" : "ecdsa-sha2-nistp" + bits;
    }

    /// The schemes that keys of this kind can sign with.
    public List<Scheme> schemes() {
        return Arrays.stream(Scheme.values()).filter(s -> s.family() == family).toList();
    }

    /// `key/algo` of the CSC API: combined and generic OIDs, since clients ask for either.
    public List<String> cscOids() {
        return switch (family) {
            case RSA ->
                    List.of(
                            Scheme.RSA_PKCS1_SHA256.combinedOid(),
                            Scheme.RSA_PKCS1_SHA384.combinedOid(),
                            Scheme.RSA_PKCS1_SHA512.combinedOid(),
                            Scheme.RSA_ENCRYPTION,
                            Scheme.RSASSA_PSS);
            case EC ->
                    List.of(
                            Scheme.ECDSA_SHA256.combinedOid(),
                            Scheme.ECDSA_SHA384.combinedOid(),
                            Scheme.ECDSA_SHA512.combinedOid(),
                            Scheme.EC_PUBLIC_KEY);
        };
    }
}
