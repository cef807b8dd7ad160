package dev.custodian.core;

import dev.custodian.core.KeyAlgorithm.Family;
import java.util.Arrays;

/// How a digest becomes a signature: the other half of the algorithm table (FORMATS §8). The ids
/// travel and rest.
public enum Scheme {
    RSA_PKCS1_SHA256(1, Family.RSA, HashAlgorithm.SHA256, "1.2.840.113549.1.1.11", "SHA256withRSA"),
    RSA_PKCS1_SHA384(2, Family.RSA, HashAlgorithm.SHA384, "1.2.840.113549.1.1.12", "SHA384withRSA"),
    RSA_PKCS1_SHA512(3, Family.RSA, HashAlgorithm.SHA512, "1.2.840.113549.1.1.13", "SHA512withRSA"),
    RSA_PSS_SHA256(4, Family.RSA, HashAlgorithm.SHA256, Scheme.RSASSA_PSS, "RSASSA-PSS"),
    RSA_PSS_SHA384(5, Family.RSA, HashAlgorithm.SHA384, Scheme.RSASSA_PSS, "RSASSA-PSS"),
    RSA_PSS_SHA512(6, Family.RSA, HashAlgorithm.SHA512, Scheme.RSASSA_PSS, "RSASSA-PSS"),
    ECDSA_SHA256(7, Family.EC, HashAlgorithm.SHA256, "1.2.840.10045.4.3.2", "SHA256withECDSA"),
    ECDSA_SHA384(8, Family.EC, HashAlgorithm.SHA384, "1.2.840.10045.4.3.3", "SHA384withECDSA"),
    ECDSA_SHA512(9, Family.EC, HashAlgorithm.SHA512, "1.2.840.10045.4.3.4", "SHA512withECDSA");

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
    private final String jca;

    Scheme(int id, Family family, HashAlgorithm hash, String oid, String jca) {
        this.id = id;
        this.family = family;
        this.hash = hash;
        this.oid = oid;
        this.jca = jca;
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
        return jca;
    }

    public boolean isPss() {
        return oid.equals(RSASSA_PSS);
    }
}
