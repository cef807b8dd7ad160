package dev.custodian.core;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// H of FORMATS §0: SHA-256.
public final class Hashes {
    private Hashes() {}

    /// SHA-256 over the plain concatenation of `parts`.
    public static Bytes sha256(Bytes... parts) {
        var digest = newSha256();
        for (var part : parts) {
            digest.update(part.shared());
        }
        return Bytes.of(digest.digest());
    }

    /// SHA-256 over the plain concatenation of `parts`.
    public static Bytes sha256(byte[] first, byte[]... rest) {
        var digest = newSha256();
        digest.update(first);
        for (var part : rest) {
            digest.update(part);
        }
        return Bytes.of(digest.digest());
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
