package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.jspecify.annotations.Nullable;

/// A maker of TPMs with a CA: a root, one below it, and certificates of EKs with whatever is to be
/// wrong with them.
final class FakeMaker {
    static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final ASN1ObjectIdentifier EK = new ASN1ObjectIdentifier("2.23.133.8.1");
    private static final ASN1ObjectIdentifier SHA256_ECDSA =
            new ASN1ObjectIdentifier("1.2.840.10045.4.3.2");
    private static final ASN1ObjectIdentifier SHA1_ECDSA =
            new ASN1ObjectIdentifier("1.2.840.10045.4.1");

    private static final ASN1ObjectIdentifier RSASSA_PSS =
            new ASN1ObjectIdentifier("1.2.840.113549.1.1.10");

    private final String name;
    private final KeyPair rootKey = pair("secp256r1");
    private final KeyPair belowKey;
    private final X509Certificate root;
    private final X509Certificate below;

    FakeMaker(String name) {
        this(name, of -> of);
    }

    /// @param change what is to be otherwise in the certificate below the root
    FakeMaker(String name, UnaryOperator<Made> change) {
        this(name, change, pair("secp384r1"));
    }

    /// @param belowKey signs what EKs have
    FakeMaker(String name, UnaryOperator<Made> change, KeyPair belowKey) {
        this.name = name;
        this.belowKey = belowKey;
        var made = new Made().ca().subject("CN=" + name + " Root");
        this.root = certificate(made.sign("CN=" + name + " Root", rootKey.getPublic(), rootKey));
        this.below =
                certificate(
                        change.apply(new Made().ca().subject("CN=" + name + " EK CA"))
                                .sign("CN=" + name + " Root", belowKey.getPublic(), rootKey));
    }

    static KeyPair pair(String curve) {
        try {
            var generator = KeyPairGenerator.getInstance(curve.startsWith("RSA") ? "RSA" : "EC");
            if (curve.startsWith("RSA")) {
                generator.initialize(Integer.parseInt(curve.substring(4)));
            } else {
                generator.initialize(new ECGenParameterSpec(curve));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static X509Certificate certificate(Bytes der) {
        try {
            return EndorsementSteps.certificate(der);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    Authority root() {
        return new Authority(name + " Root", name, root, true, false);
    }

    Authority below() {
        return new Authority(name + " EK CA", name, below, false, false);
    }

    static Authority withdrawn(Authority one) {
        return new Authority(one.name(), one.vendor(), one.certificate(), one.root(), true);
    }

    /// What is below the root, with the other ECDSA signature that holds: `n - s` in place of `s`.
    Bytes twin() {
        try {
            var whole = Certificate.getInstance(belowDer().toArray());
            var numbers = ASN1Sequence.getInstance(whole.getSignature().getOctets());
            var order = ((ECPublicKey) rootKey.getPublic()).getParams().getOrder();
            var s = ASN1Integer.getInstance(numbers.getObjectAt(1)).getValue();
            var all = new ASN1EncodableVector();
            all.add(whole.getTBSCertificate());
            all.add(whole.getSignatureAlgorithm());
            all.add(
                    new DERBitString(
                            new DERSequence(
                                    new ASN1Encodable[] {
                                        numbers.getObjectAt(0), new ASN1Integer(order.subtract(s))
                                    })));
            return Bytes.of(new DERSequence(all).getEncoded());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    List<Authority> authorities() {
        return List.of(root(), below());
    }

    Bytes belowDer() {
        try {
            return Bytes.of(below.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    Bytes certify(PublicKey ek) {
        return certify(ek, made -> made);
    }

    /// @param change what is to be otherwise
    Bytes certify(PublicKey ek, UnaryOperator<Made> change) {
        return change.apply(new Made().ek()).sign("CN=" + name + " EK CA", ek, belowKey);
    }

    /// A certificate in the making.
    static final class Made {
        private String subject = "";
        private Instant from = NOW.minus(Duration.ofDays(30));
        private Instant until = NOW.plus(Duration.ofDays(3650));
        private ASN1ObjectIdentifier algorithm = SHA256_ECDSA;
        private boolean isCa;
        private final List<KeyPurposeId> purposes = new ArrayList<>();
        private GeneralNames names = maker("id:53544D20", "ST33HTPHAHE5", "id:00010101");
        private boolean named;
        private String unknown = "";
        private @Nullable PSSParameterSpec pss;

        Made ca() {
            isCa = true;
            return this;
        }

        Made ek() {
            purposes.add(KeyPurposeId.getInstance(EK));
            named = true;
            return this;
        }

        Made subject(String text) {
            subject = text;
            return this;
        }

        Made purpose(String oid) {
            purposes.clear();
            if (!oid.isEmpty()) {
                purposes.add(KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid)));
            }
            return this;
        }

        Made until(Instant time) {
            until = time;
            return this;
        }

        Made from(Instant time) {
            from = time;
            return this;
        }

        Made sha1() {
            algorithm = SHA1_ECDSA;
            return this;
        }

        /// With a key of RSA.
        Made pss(String hash, int salt) {
            pss = new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1);
            return this;
        }

        private AlgorithmIdentifier identifier() throws GeneralSecurityException, IOException {
            if (pss == null) {
                return new AlgorithmIdentifier(algorithm);
            }
            var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(pss);
            return new AlgorithmIdentifier(
                    RSASSA_PSS, ASN1Primitive.fromByteArray(parameters.getEncoded()));
        }

        private Signature signer() throws GeneralSecurityException {
            if (pss == null) {
                return Signature.getInstance(
                        algorithm.equals(SHA1_ECDSA) ? "SHA1withECDSA" : "SHA256withECDSA");
            }
            var signer = Signature.getInstance("RSASSA-PSS");
            signer.setParameter(pss);
            return signer;
        }

        Made nameless() {
            named = false;
            return this;
        }

        Made names(GeneralNames other) {
            names = other;
            return this;
        }

        Made unknownCritical() {
            unknown = "2.999.1";
            return this;
        }

        private Bytes sign(String issuer, PublicKey key, KeyPair by) {
            try {
                var tbs = new V3TBSCertificateGenerator();
                var signature = identifier();
                tbs.setSerialNumber(new ASN1Integer(new BigInteger(64, new SecureRandom())));
                tbs.setIssuer(new X500Name(issuer));
                tbs.setSubject(new X500Name(subject));
                tbs.setStartDate(new Time(Date.from(from)));
                tbs.setEndDate(new Time(Date.from(until)));
                tbs.setSignature(signature);
                tbs.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
                tbs.setExtensions(extensions().generate());
                var toSign = tbs.generateTBSCertificate();
                var signer = signer();
                signer.initSign(by.getPrivate());
                signer.update(toSign.getEncoded());
                var all = new ASN1EncodableVector();
                all.add(toSign);
                all.add(signature);
                all.add(new DERBitString(signer.sign()));
                return Bytes.of(new DERSequence(all).getEncoded());
            } catch (GeneralSecurityException | IOException e) {
                throw new AssertionError(e);
            }
        }

        private ExtensionsGenerator extensions() throws IOException {
            var extensions = new ExtensionsGenerator();
            if (isCa) {
                extensions.addExtension(
                        Extension.basicConstraints, true, new BasicConstraints(true));
                extensions.addExtension(
                        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            }
            if (!purposes.isEmpty()) {
                extensions.addExtension(
                        Extension.extendedKeyUsage,
                        false,
                        new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
            }
            if (named) {
                extensions.addExtension(Extension.subjectAlternativeName, true, names);
            }
            if (!unknown.isEmpty()) {
                extensions.addExtension(
                        new ASN1ObjectIdentifier(unknown), true, new DERUTF8String("?"));
            }
            return extensions;
        }
    }

    /// A directory name with these three, as makers write it; what is empty is left out.
    static GeneralNames maker(String manufacturer, String model, String version) {
        var parts = new ASN1EncodableVector();
        add(parts, "2.23.133.2.1", manufacturer);
        add(parts, "2.23.133.2.2", model);
        add(parts, "2.23.133.2.3", version);
        return directory(parts);
    }

    static GeneralNames directory(ASN1EncodableVector relativeNames) {
        return new GeneralNames(
                new GeneralName(
                        GeneralName.directoryName,
                        X500Name.getInstance(new DERSequence(relativeNames))));
    }

    static void add(ASN1EncodableVector parts, String oid, String text) {
        if (!text.isEmpty()) {
            parts.add(new DERSet(attribute(oid, text)));
        }
    }

    static ASN1Encodable attribute(String oid, String text) {
        return new DERSequence(
                new ASN1Encodable[] {new ASN1ObjectIdentifier(oid), new DERUTF8String(text)});
    }
}
