package dev.custodian.it.device;

import dev.custodian.core.Bytes;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Who made a simulated card: a root, and what the card says with the key that it got there.
final class SimulatedMaker {
    private static final String ARC = "1.3.6.1.4.1.41482.3.";
    private static final X500Name ROOT = new X500Name("CN=Maker of simulated cards");
    private static final X500Name CARD = new X500Name("CN=Simulated card");

    private final KeyPair keys;
    private final KeyPair cardKeys = pair();

    SimulatedMaker() {
        this(pair());
    }

    private SimulatedMaker(KeyPair keys) {
        this.keys = keys;
    }

    /// The same maker with another card in hand.
    SimulatedMaker ofAnother() {
        return new SimulatedMaker(keys);
    }

    private static KeyPair pair() {
        try {
            return SimulatedKey.ec("secp256r1");
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    X509Certificate root() {
        return issue(ROOT, keys, ROOT, keys.getPublic(), true, new Statement[0]);
    }

    /// Of the card's attestation key.
    X509Certificate card() {
        return issue(ROOT, keys, CARD, cardKeys.getPublic(), true, new Statement[0]);
    }

    private record Statement(int number, Bytes octets) {}

    /// What the card says about a key.
    X509Certificate attest(int slot, SimulatedKey key, byte[] firmware, int serial) {
        try {
            return issue(
                    CARD,
                    cardKeys,
                    new X500Name("CN=Simulated attestation %02x".formatted(slot)),
                    key.keys().getPublic(),
                    false,
                    new Statement[] {
                        new Statement(3, Bytes.of(firmware)),
                        new Statement(7, Bytes.of(new ASN1Integer(serial).getEncoded())),
                        new Statement(8, Bytes.of((byte) key.pinPolicy(), (byte) key.touchPolicy()))
                    });
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static X509Certificate issue(
            X500Name issuer,
            KeyPair issuerKeys,
            X500Name subject,
            PublicKey key,
            boolean ca,
            Statement[] statements) {
        var now = Instant.now();
        var builder =
                new X509v3CertificateBuilder(
                        issuer,
                        BigInteger.valueOf(now.toEpochMilli()),
                        Date.from(now.minus(Duration.ofHours(1))),
                        Date.from(now.plus(Duration.ofDays(1))),
                        subject,
                        SubjectPublicKeyInfo.getInstance(key.getEncoded()));
        try {
            if (ca) {
                builder.addExtension(
                        Extension.basicConstraints,
                        true,
                        (ASN1Encodable) new BasicConstraints(true));
            }
            for (var one : statements) {
                builder.addExtension(
                        new ASN1ObjectIdentifier(ARC + one.number), false, one.octets.toArray());
            }
            var signer =
                    new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new AssertionError(e);
        }
    }
}
