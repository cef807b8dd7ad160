package dev.custodian.agent.ssh;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.publickey.PublicNumbers;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;

/// A host's public key of the kinds that ssh still has: Ed25519, ECDSA, RSA.
final class HostKey {
    private static final int LARGEST_RSA = 16_384 / 8;
    private static final int LARGEST_EXPONENT = 8;
    private static final int ED25519 = 32;
    private static final Bytes ED25519_SPKI = Bytes.fromHex("302a300506032b6570032100");

    private HostKey() {}

    /// Whether `signature`, as ssh writes it, is by the host key over `message`.
    static boolean hasSigned(Bytes blob, Bytes message, Bytes signature) {
        try {
            var reader = new SshReader(signature);
            var algorithm = reader.name();
            var raw = reader.string();
            reader.done();
            var check = Signature.getInstance(jca(algorithm));
            check.initVerify(key(blob, algorithm));
            check.update(message.toArray());
            return check.verify(
                    (algorithm.startsWith("ecdsa") ? fixed(raw, size(algorithm)) : raw).toArray());
        } catch (MalformedException | GeneralSecurityException e) {
            return false;
        }
    }

    private static String jca(String algorithm) throws MalformedException {
        return switch (algorithm) {
            case "ssh-ed25519" -> "Ed25519";
            case "rsa-sha2-256" -> "SHA256withRSA";
            case "rsa-sha2-512" -> "SHA512withRSA";
            case "ecdsa-sha2-nistp256" -> "SHA256withECDSAinP1363Format";
            case "ecdsa-sha2-nistp384" -> "SHA384withECDSAinP1363Format";
            case "ecdsa-sha2-nistp521" -> "SHA512withECDSAinP1363Format";
            default -> throw new MalformedException("a host key of another kind");
        };
    }

    private static PublicKey key(Bytes blob, String algorithm)
            throws MalformedException, GeneralSecurityException {
        var reader = new SshReader(blob);
        var kind = reader.name();
        if (!kind.equals(algorithm.startsWith("rsa") ? "ssh-rsa" : algorithm)) {
            throw new MalformedException("a signature of another kind than the key");
        }
        var key =
                switch (kind) {
                    case "ssh-ed25519" -> ed25519(reader.string());
                    case "ssh-rsa" -> rsa(reader.positive(), reader.positive());
                    default -> ec(kind, reader.name(), reader.string());
                };
        reader.done();
        return key;
    }

    private static PublicKey ed25519(Bytes point)
            throws MalformedException, GeneralSecurityException {
        if (point.size() != ED25519) {
            throw new MalformedException("an Ed25519 key of another size");
        }
        var spki = Bytes.concat(ED25519_SPKI, point);
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(spki.toArray()));
    }

    private static PublicKey rsa(Bytes exponent, Bytes modulus)
            throws MalformedException, GeneralSecurityException {
        if (modulus.size() > LARGEST_RSA || exponent.size() > LARGEST_EXPONENT) {
            throw new MalformedException(MalformedException.Reason.SIZE, "an RSA key too large");
        }
        return KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(number(modulus), number(exponent)));
    }

    private static PublicKey ec(String kind, String curve, Bytes point) throws MalformedException {
        int size = size(kind);
        if (!kind.endsWith(curve) || point.size() != 1 + 2 * size || point.at(0) != 4) {
            throw new MalformedException("an EC key of another kind");
        }
        return PublicNumbers.point(
                algorithm(kind),
                number(point.slice(1, 1 + size)),
                number(point.slice(1 + size, point.size())));
    }

    private static KeyAlgorithm algorithm(String kind) {
        return switch (kind) {
            case "ecdsa-sha2-nistp256" -> KeyAlgorithm.P256;
            case "ecdsa-sha2-nistp384" -> KeyAlgorithm.P384;
            default -> KeyAlgorithm.P521;
        };
    }

    /// An ECDSA signature as two numbers of the curve's size.
    private static Bytes fixed(Bytes signature, int size) throws MalformedException {
        var reader = new SshReader(signature);
        var r = reader.positive();
        var s = reader.positive();
        reader.done();
        if (r.size() > size || s.size() > size) {
            throw new MalformedException(MalformedException.Reason.SIZE, "numbers too large");
        }
        return Bytes.concat(
                Bytes.of(new byte[size - r.size()]), r, Bytes.of(new byte[size - s.size()]), s);
    }

    /// Octets of a coordinate.
    private static int size(String kind) {
        return (algorithm(kind).bits() + 7) / 8;
    }

    private static BigInteger number(Bytes octets) {
        return new BigInteger(1, octets.toArray());
    }
}
