package dev.custodian.cli;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.link.Credential;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/// A credential's key as OpenSSH writes it (RFC 4253 §6.6, RFC 5656 §3.1).
final class SshPublicKey {
    private SshPublicKey() {}

    /// `ecdsa-sha2-nistp256 AAAA…`
    static String of(Credential credential) throws Refused {
        try {
            var rsa = credential.algorithm().family() == KeyAlgorithm.Family.RSA;
            var key =
                    KeyFactory.getInstance(rsa ? "RSA" : "EC")
                            .generatePublic(
                                    new X509EncodedKeySpec(credential.publicKey().toArray()));
            return switch (key) {
                case RSAPublicKey one ->
                        line(
                                "ssh-rsa",
                                Bytes.join(
                                        Bytes.utf8("ssh-rsa"),
                                        Bytes.of(one.getPublicExponent().toByteArray()),
                                        Bytes.of(one.getModulus().toByteArray())));
                case ECPublicKey one -> ec(credential.algorithm().bits(), one);
                default -> throw new GeneralSecurityException();
            };
        } catch (GeneralSecurityException e) {
            throw new Refused(
                    FailureKind.AGENT_BROKEN, "The key of " + credential.id() + " is none.");
        }
    }

    private static String ec(int bits, ECPublicKey key) {
        var curve = "nistp" + bits;
        var name = "ecdsa-sha2-" + curve;
        int size = (bits + 7) / 8;
        var point =
                Bytes.concat(
                        Bytes.of((byte) 4),
                        fixed(key.getW().getAffineX(), size),
                        fixed(key.getW().getAffineY(), size));
        return line(name, Bytes.join(Bytes.utf8(name), Bytes.utf8(curve), point));
    }

    private static Bytes fixed(BigInteger number, int size) {
        var octets = number.toByteArray();
        var all = Bytes.concat(Bytes.of(new byte[size]), Bytes.of(octets));
        return all.slice(all.size() - size, all.size());
    }

    private static String line(String name, Bytes blob) {
        return name + " " + Base64.getEncoder().encodeToString(blob.toArray());
    }
}
