package dev.custodian.core;

/// The hash functions we sign over. Nothing below SHA-256 is in any table of ours.
public enum HashAlgorithm {
    SHA256(256, "2.16.840.1.101.3.4.2.1", "3031300d060960864801650304020105000420", 0x250, 2),
    SHA384(384, "2.16.840.1.101.3.4.2.2", "3041300d060960864801650304020205000430", 0x260, 3),
    SHA512(512, "2.16.840.1.101.3.4.2.3", "3051300d060960864801650304020305000440", 0x270, 4);

    private final int bits;
    private final String oid;
    private final Bytes digestInfo;
    private final int ckm;
    private final int mgf1;

    HashAlgorithm(int bits, String oid, String digestInfo, int ckm, int mgf1) {
        this.bits = bits;
        this.oid = oid;
        this.digestInfo = Bytes.fromHex(digestInfo);
        this.ckm = ckm;
        this.mgf1 = mgf1;
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
        return "SHA-" + bits;
    }

    /// The name in CNG: `BCRYPT_SHA256_ALGORITHM`.
    public String ncrypt() {
        return "SHA" + bits;
    }

    /// PKCS#11 mechanism: `CKM_SHA256`.
    public int ckm() {
        return ckm;
    }

    /// MGF1 with this hash in a PSS parameter of PKCS#11: `CKG_MGF1_SHA256`.
    public int ckgMgf1() {
        return mgf1;
    }

    public String oid() {
        return oid;
    }

    /// Bits in a digest.
    int bits() {
        return bits;
    }

    /// Octets in a digest.
    public int length() {
        return bits / 8;
    }

    /// The DER that precedes the digest in a DigestInfo (RFC 8017 §9.2 note 1), parameters NULL.
    public Bytes digestInfoPrefix() {
        return digestInfo;
    }
}
