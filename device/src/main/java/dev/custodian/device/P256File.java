package dev.custodian.device;

import dev.custodian.core.Secret;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/// PKCS#8 of a P-256 key pair in the one form that OpenSSL writes: RFC 5958 around RFC 5915 with
/// the public point, so that both halves are in one file. Always [#SIZE] octets: `prefix | d |
/// point prefix | x | y`.
final class P256File {
    static final int SIZE = 138;

    private static final int SCALAR = 32;
    private static final byte[] PREFIX =
            HexFormat.of()
                    .parseHex(
                            "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420");
    private static final byte[] POINT_PREFIX = HexFormat.of().parseHex("a14403420004");
    private static final byte[] SPKI_PREFIX =
            HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
    private static final int POINT = SIZE - 2 * SCALAR;

    private P256File() {}

    static Secret encode(ECPrivateKey privateKey, ECPublicKey publicKey) {
        var file = new byte[SIZE];
        System.arraycopy(PREFIX, 0, file, 0, PREFIX.length);
        put(privateKey.getS(), file, PREFIX.length);
        System.arraycopy(POINT_PREFIX, 0, file, POINT - POINT_PREFIX.length, POINT_PREFIX.length);
        put(publicKey.getW().getAffineX(), file, POINT);
        put(publicKey.getW().getAffineY(), file, POINT + SCALAR);
        return Secret.owning(file);
    }

    private static void put(BigInteger number, byte[] file, int at) {
        var octets = number.toByteArray();
        int size = Math.min(octets.length, SCALAR);
        System.arraycopy(octets, octets.length - size, file, at + SCALAR - size, size);
        Arrays.fill(octets, (byte) 0);
    }

    static PrivateKey privateKey(Secret file) throws GeneralSecurityException {
        var octets = file.expose();
        if (octets.length != SIZE
                || !Arrays.equals(octets, 0, PREFIX.length, PREFIX, 0, PREFIX.length)
                || !Arrays.equals(
                        octets,
                        POINT - POINT_PREFIX.length,
                        POINT,
                        POINT_PREFIX,
                        0,
                        POINT_PREFIX.length)) {
            throw new InvalidKeyException("not a P-256 key pair in PKCS#8");
        }
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(octets));
    }

    static ECPublicKey publicKey(Secret file) throws GeneralSecurityException {
        var spki = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + 2 * SCALAR);
        System.arraycopy(file.expose(), POINT, spki, SPKI_PREFIX.length, 2 * SCALAR);
        return (ECPublicKey)
                KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(spki));
    }
}
