package dev.custodian.device.jca;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import dev.custodian.core.der.Der;
import dev.custodian.core.der.Tag;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeyType;
import dev.custodian.device.MessageSigning;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;

/// What carries the public key of a device key: a certificate that it signs itself, or a request
/// for one by others.
public final class DeviceCertificates {
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String ED25519 = "1.3.101.112";
    private static final int SERIAL_BITS = 127;
    private static final int LONGEST_NAME = 64;

    private DeviceCertificates() {}

    /// A certificate for TLS clients (RFC 5280), signed by the key itself.
    ///
    /// @param name its common name, 1 to 64 characters
    public static X509Certificate selfSigned(
            DeviceKey key, String name, Instant from, Instant to, SecureRandom random)
            throws DeviceException {
        var who = name(name);
        var body =
                Der.sequence(
                        Der.of(Tag.context(0), Der.integer(BigInteger.TWO)),
                        Der.integer(new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE)),
                        algorithm(key.type()),
                        who,
                        Der.sequence(Der.time(from), Der.time(to)),
                        who,
                        Bytes.of(key.publicKey().getEncoded()),
                        Der.of(Tag.context(3), Der.sequence(keyUsage(), forClients())));
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(
                                    new ByteArrayInputStream(signed(key, body).toArray()));
        } catch (CertificateException e) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED, 0, "The certificate cannot be read.", e);
        }
    }

    /// A request for a certificate, PKCS#10 in DER (RFC 2986).
    ///
    /// @param name its common name, 1 to 64 characters
    public static Bytes request(DeviceKey key, String name) throws DeviceException {
        return signed(
                key,
                Der.sequence(
                        Der.integer(BigInteger.ZERO),
                        name(name),
                        Bytes.of(key.publicKey().getEncoded()),
                        Der.of(Tag.context(0))));
    }

    private static Bytes name(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("a name not of 1 to 64 characters");
        }
        return Der.sequence(Der.set(Der.sequence(Der.oid(COMMON_NAME), Der.utf8(name))));
    }

    /// Critical: `digitalSignature` alone.
    private static Bytes keyUsage() {
        return Der.sequence(
                Der.oid("2.5.29.15"),
                Der.truth(true),
                Der.octets(Der.of(Tag.BIT_STRING, Bytes.of((byte) 7, (byte) 0x80))));
    }

    /// `id-kp-clientAuth`.
    private static Bytes forClients() {
        return Der.sequence(
                Der.oid("2.5.29.37"), Der.octets(Der.sequence(Der.oid("1.3.6.1.5.5.7.3.2"))));
    }

    private static Scheme scheme(KeyType type) {
        return type == KeyType.P384 ? Scheme.ECDSA_SHA384 : type.schemes().getFirst();
    }

    private static boolean isEc(KeyType type) {
        return type == KeyType.P256 || type == KeyType.P384;
    }

    private static Bytes algorithm(KeyType type) {
        if (type == KeyType.ED25519) {
            return Der.sequence(Der.oid(ED25519));
        }
        var oid = Der.oid(scheme(type).combinedOid());
        return isEc(type) ? Der.sequence(oid) : Der.sequence(oid, Der.NULL);
    }

    private static Bytes signed(DeviceKey key, Bytes body) throws DeviceException {
        return Der.sequence(body, algorithm(key.type()), Der.bits(signature(key, body)));
    }

    private static Bytes signature(DeviceKey key, Bytes body) throws DeviceException {
        var signing = key.ability(MessageSigning.class);
        if (signing.isPresent()) {
            return signing.get().sign(body);
        }
        var scheme = scheme(key.type());
        var signature = key.sign(scheme, DeviceSignature.digest(scheme.hash(), body.toArray()));
        return isEc(key.type()) ? Der.signature(signature) : signature;
    }
}
