package dev.custodian.core;

/// The hash functions we sign over. Nothing below SHA-256 is in any table of ours.
public enum HashAlgorithm {
    SHA256("SHA-256", "2.16.840.1.101.3.4.2.1", 32, "3031300d060960864801650304020105000420"),
    SHA384("SHA-384", "2.16.840.1.101.3.4.2.2", 48, "3041300d060960864801650304020205000430"),
    SHA512("SHA-512", "2.16.840.1.101.3.4.2.3", 64, "3051300d060960864801650304020305000440");

    private final String jca;
    private final String oid;
    private final int length;
    private final Bytes digestInfo;

    HashAlgorithm(String jca, String oid, int length, String digestInfo) {
        this.jca = jca;
        this.oid = oid;
        this.length = length;
        this.digestInfo = Bytes.fromHex(digestInfo);
    }

    /// The hash with this object identifier, dotted.
    public static HashAlgorithm ofOid(String oid) throws MalformedException {
        for (var hash : values()) {
            if (hash.oid.equals(oid)) {
                return hash;
            }
        }
        throw new MalformedException("not the OID of SHA-256, SHA-384 or SHA-512");
    }

    /// The name that `MessageDigest` knows.
    public String jca() {
        return jca;
    }

    public String oid() {
        return oid;
    }

    /// Octets in a digest.
    public int length() {
        return length;
    }

    /// The DER that precedes the digest in a DigestInfo (RFC 8017 §9.2 note 1), parameters NULL.
    public Bytes digestInfoPrefix() {
        return digestInfo;
    }
}
