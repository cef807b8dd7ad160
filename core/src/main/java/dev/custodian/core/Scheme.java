package dev.custodian.core;

import static dev.custodian.core.HashAlgorithm.SHA256;
import static dev.custodian.core.HashAlgorithm.SHA384;
import static dev.custodian.core.HashAlgorithm.SHA512;
import static dev.custodian.core.KeyAlgorithm.Family.EC;
import static dev.custodian.core.KeyAlgorithm.Family.RSA;

import dev.custodian.core.KeyAlgorithm.Family;
import java.util.Arrays;

/// How a digest becomes a signature: one half of the algorithm table, with every foreign name that
/// it has (FORMATS §8). The ids travel and rest.
public enum Scheme {
    RSA_PKCS1_SHA256(1, RSA, SHA256, "1.2.840.113549.1.1.11", 0x40, "rsa-sha2-256", -257),
    RSA_PKCS1_SHA384(2, RSA, SHA384, "1.2.840.113549.1.1.12", 0x41, "", -258),
    RSA_PKCS1_SHA512(3, RSA, SHA512, "1.2.840.113549.1.1.13", 0x42, "rsa-sha2-512", -259),
    RSA_PSS_SHA256(4, RSA, SHA256, Scheme.RSASSA_PSS, 0x43, "", -37),
    RSA_PSS_SHA384(5, RSA, SHA384, Scheme.RSASSA_PSS, 0x44, "", -38),
    RSA_PSS_SHA512(6, RSA, SHA512, Scheme.RSASSA_PSS, 0x45, "", -39),
    ECDSA_SHA256(7, EC, SHA256, "1.2.840.10045.4.3.2", 0x1044, "ecdsa-sha2-nistp256", -7),
    ECDSA_SHA384(8, EC, SHA384, "1.2.840.10045.4.3.3", 0x1045, "ecdsa-sha2-nistp384", -35),
    ECDSA_SHA512(9, EC, SHA512, "1.2.840.10045.4.3.4", 0x1046, "ecdsa-sha2-nistp521", -36);

    /// OID of RSA without a scheme: PKCS#1 v1.5 with the hash named beside it.
    public static final String RSA_ENCRYPTION = "1.2.840.113549.1.1.1";

    /// OID of RSASSA-PSS; hash and salt length are in its parameters.
    public static final String RSASSA_PSS = "1.2.840.113549.1.1.10";

    /// OID of an EC key, which some clients send in place of ECDSA with a hash.
    public static final String EC_PUBLIC_KEY = "1.2.840.10045.2.1";

    private final int id;
    private final Family family;
    private final HashAlgorithm hash;
    private final String oid;
    private final int ckm;
    private final String ssh;
    private final int cose;

    Scheme(int id, Family family, HashAlgorithm hash, String oid, int ckm, String ssh, int cose) {
        this.id = id;
        this.family = family;
        this.hash = hash;
        this.oid = oid;
        this.ckm = ckm;
        this.ssh = ssh;
        this.cose = cose;
    }

    /// The scheme with this id on the link and in the store.
    public static Scheme ofId(int id) throws MalformedException {
        if (id < 1 || id > values().length) {
            throw new MalformedException("no signature scheme has the id " + id);
        }
        return values()[id - 1];
    }

    /// The scheme of a family with PKCS#1 v1.5 or ECDSA over `hash`.
    public static Scheme plain(Family family, HashAlgorithm hash) {
        return Arrays.stream(values())
                .filter(s -> s.family == family && s.hash == hash && !s.isPss())
                .findFirst()
                .orElseThrow();
    }

    /// RSASSA-PSS over `hash`, MGF1 with the same hash.
    public static Scheme pss(HashAlgorithm hash) {
        return Arrays.stream(values())
                .filter(s -> s.hash == hash && s.isPss())
                .findFirst()
                .orElseThrow();
    }

    public int id() {
        return id;
    }

    public Family family() {
        return family;
    }

    public HashAlgorithm hash() {
        return hash;
    }

    /// OID that names scheme and hash together; for PSS the OID that needs parameters beside it.
    public String combinedOid() {
        return oid;
    }

    /// The name under which `java.security.Signature` verifies it over a whole message.
    public String jca() {
        return isPss()
                ? "RSASSA-PSS"
                : "SHA" + hash.bits() + "with" + (family == Family.RSA ? "RSA" : "ECDSA");
    }

    /// PKCS#11 mechanism that takes a whole message: `CKM_SHA256_RSA_PKCS`.
    public int ckm() {
        return ckm;
    }

    /// PKCS#11 mechanism that takes a digest: for `CKM_RSA_PKCS` the DigestInfo around it.
    public int ckmOverDigest() {
        return switch (family) {
            case RSA -> isPss() ? 0xd : 0x1;
            case EC -> 0x1041;
        };
    }

    /// Flag of `NCryptSignHash`: `BCRYPT_PAD_PKCS1`, `BCRYPT_PAD_PSS`, or 0 for ECDSA.
    public int ncryptPadding() {
        return switch (family) {
            case RSA -> isPss() ? 0x8 : 0x2;
            case EC -> 0;
        };
    }

    /// Signature algorithm in ssh (RFC 8332 §3, RFC 5656 §6.2), for ECDSA with a key on the curve
    /// that it names only; empty where ssh has none.
    public String ssh() {
        return ssh;
    }

    /// Algorithm in COSE (RFC 9053 §2.1, RFC 8812 §2, RFC 8230 §2); PSS with a salt as long as the
    /// hash.
    public int cose() {
        return cose;
    }

    /// `alg` in JOSE (RFC 7518 §3.1); PSS with a salt as long as the hash, ECDSA on the curve that
    /// belongs to it.
    public String jose() {
        return (isPss() ? "PS" : family == Family.RSA ? "RS" : "ES") + hash.bits();
    }

    public boolean isPss() {
        return oid.equals(RSASSA_PSS);
    }
}
