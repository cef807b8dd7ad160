package dev.custodian.server.trust;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.server.config.Pem;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A maker of cards, what is below it, or a card, which states about keys as Yubico's do.
public final class TestAuthority {
    private static final String ARC = "1.3.6.1.4.1.41482.3.";
    private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2040-01-01T00:00:00Z");

    private final X500Name name;
    private final KeyPair keys;
    private final X509Certificate certificate;

    private TestAuthority(X500Name name, KeyPair keys, X509Certificate certificate) {
        this.name = name;
        this.keys = keys;
        this.certificate = certificate;
    }

    public static TestAuthority root(String called) throws Exception {
        var name = new X500Name("CN=" + called);
        var keys = pair();
        return new TestAuthority(name, keys, issue(name, keys, name, keys.getPublic(), 0));
    }

    /// One that this vouches for.
    public TestAuthority below(String called) throws Exception {
        var subject = new X500Name("CN=" + called);
        var pair = pair();
        return new TestAuthority(subject, pair, issue(name, keys, subject, pair.getPublic(), 0));
    }

    /// The same key under another name, which nobody else vouches for.
    public TestAuthority renamed(String called) throws Exception {
        var subject = new X500Name("CN=" + called);
        return new TestAuthority(subject, keys, issue(subject, keys, subject, keys.getPublic(), 0));
    }

    private static KeyPair pair() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /// A card's statement about a key: it was made in the card of this number.
    public Bytes states(PublicKey key, int serial) throws Exception {
        return Bytes.of(issue(name, keys, new X500Name("CN=key"), key, serial).getEncoded());
    }

    /// SubjectPublicKeyInfo.
    public Bytes spki() {
        return Bytes.of(keys.getPublic().getEncoded());
    }

    public Bytes der() throws Exception {
        return Bytes.of(certificate.getEncoded());
    }

    /// @param serial of the card that states; 0 for an authority
    private static X509Certificate issue(
            X500Name by, KeyPair keys, X500Name subject, PublicKey key, int serial)
            throws Exception {
        var builder =
                new JcaX509v3CertificateBuilder(
                        by, BigInteger.ONE, Date.from(FROM), Date.from(UNTIL), subject, key);
        if (serial == 0) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        } else {
            builder.addExtension(oid(3), false, new byte[] {5, 4, 3});
            builder.addExtension(oid(7), false, new ASN1Integer(serial).getEncoded());
            builder.addExtension(oid(8), false, new byte[] {2, 1});
        }
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    }

    private static ASN1ObjectIdentifier oid(int last) {
        return new ASN1ObjectIdentifier(ARC + last);
    }

    /// A line of a manifest.
    public record Line(TestAuthority authority, String kind, boolean withdrawn) {}

    public Line trusted() {
        return new Line(this, "root", false);
    }

    public Line between() {
        return new Line(this, "intermediate", false);
    }

    /// A line that trusts it no more.
    ///
    /// @param kind what it was trusted as
    public Line withdrawn(String kind) {
        return new Line(this, kind, true);
    }

    /// Makes a folder that trusts these and nobody else.
    public static void write(Path folder, Line... lines) throws Exception {
        Files.createDirectories(folder);
        var entries = new StringBuilder();
        for (var line : lines) {
            var der = line.authority.der();
            var hash = Hashes.sha256(der).hex();
            Files.writeString(folder.resolve(hash + ".pem"), Pem.write(Pem.CERTIFICATE, der));
            entries.append(entries.isEmpty() ? "" : ",")
                    .append(
                            """
                            {"name":"A name","vendor":"A vendor","kind":"%s","sha256":"%s",
                             "source":"a test","added":"2026-10-01T00:00:00Z"%s}"""
                                    .formatted(
                                            line.kind,
                                            hash,
                                            line.withdrawn
                                                    ? ",\"withdrawn\":\"2026-11-01T00:00:00Z\""
                                                    : ""));
        }
        Files.writeString(
                folder.resolve("manifest.json"),
                "{\"version\":1,\"updated\":\"2026-11-01T00:00:00Z\",\"authorities\":[%s]}"
                        .formatted(entries));
    }
}
