package dev.custodian.core.intent;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.json.Json;
import dev.custodian.core.publickey.PublicNumbers;
import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;

/// The public half of a device key as a JWK (RFC 7518 §6.2): a point on P-256.
///
/// @param x 32 octets, big-endian
/// @param y 32 octets, big-endian
public record DeviceJwk(Bytes x, Bytes y) {
    private static final int SIZE = 32;

    public DeviceJwk {
        if (x.size() != SIZE || y.size() != SIZE) {
            throw new IllegalArgumentException("a coordinate of P-256 has 32 octets");
        }
    }

    public static DeviceJwk of(ECPublicKey key) {
        return new DeviceJwk(
                coordinate(key.getW().getAffineX()), coordinate(key.getW().getAffineY()));
    }

    public Json toJson() {
        return Json.object().put("kty", "EC").put("crv", "P-256").put("x", x).put("y", y).build();
    }

    static DeviceJwk ofJson(Json json) throws MalformedException {
        var members = Json.members(json, "jwk");
        if (!members.text("kty").equals("EC") || !members.text("crv").equals("P-256")) {
            throw new MalformedException("the device key is not on P-256");
        }
        var jwk = new DeviceJwk(members.bytes("x", SIZE), members.bytes("y", SIZE));
        members.done();
        var _ = jwk.publicKey();
        return jwk;
    }

    /// The key for `java.security`; refuses a point that is not on the curve.
    public ECPublicKey publicKey() throws MalformedException {
        return PublicNumbers.point(
                KeyAlgorithm.P256, new BigInteger(1, x.toArray()), new BigInteger(1, y.toArray()));
    }

    private static Bytes coordinate(BigInteger number) {
        var octets = number.toByteArray();
        var padded = new byte[SIZE];
        int skip = Math.max(0, octets.length - SIZE);
        System.arraycopy(octets, skip, padded, SIZE - octets.length + skip, octets.length - skip);
        Arrays.fill(octets, (byte) 0);
        return Bytes.of(padded);
    }
}
