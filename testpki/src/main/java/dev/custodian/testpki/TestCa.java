package dev.custodian.testpki;

import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/// A root of its own that certifies people for document signatures, in the shape of RFC 5280 and of
/// the NCP policy of ETSI EN 319 411-1 (it follows no such policy: nobody checks who a [Person]
/// is).
public final class TestCa {
    private static final Duration ROOT_LIFE = Duration.ofDays(3650);
    private static final Duration CERTIFICATE_LIFE = Duration.ofDays(365);
    private static final Duration LIST_LIFE = Duration.ofDays(7);

    /// What a verifier's clock may be behind ours.
    private static final Duration SKEW = Duration.ofMinutes(5);

    /// ISO 3166 leaves this code to its users: no country.
    private static final String COUNTRY = "XX";

    private static final ASN1ObjectIdentifier ORGANIZATION_IDENTIFIER =
            new ASN1ObjectIdentifier("2.5.4.97");

    /// ETSI's normalized certificate policy, without a secure device.
    private static final ASN1ObjectIdentifier NCP = new ASN1ObjectIdentifier("0.4.0.2042.1.1");

    private final InstantSource clock;
    private final SecureRandom random;
    private final @Nullable URI publishedAt;
    private final KeyPair keys;
    private final X509Certificate root;
    private final Map<BigInteger, Instant> revoked = new LinkedHashMap<>();
    private long lists;

    private TestCa(
            InstantSource clock,
            SecureRandom random,
            @Nullable URI publishedAt,
            KeyPair keys,
            X509Certificate root) {
        this.clock = clock;
        this.random = random;
        this.publishedAt = publishedAt;
        this.keys = keys;
        this.root = root;
    }

    /// A new root on P-256. Its name is `name` with TEST in it. Its certificates do not say where a
    /// revocation list is found, since none is published: a verifier that is told of a list and
    /// cannot fetch it calls the signature invalid.
    public static TestCa create(InstantSource clock, SecureRandom random, String name) {
        return make(clock, random, name, null);
    }

    /// The same for a caller who publishes `root.cer` and `root.crl` (both DER) under
    /// `publishedAt`, a folder's URL ending in a slash: certificates then name these.
    public static TestCa publishing(
            InstantSource clock, SecureRandom random, String name, URI publishedAt) {
        return make(clock, random, name, publishedAt);
    }

    private static TestCa make(
            InstantSource clock, SecureRandom random, String name, @Nullable URI publishedAt) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            var keys = generator.generateKeyPair();
            return new TestCa(
                    clock, random, publishedAt, keys, selfSigned(clock, random, name, keys));
        } catch (GeneralSecurityException | OperatorException | IOException e) {
            throw new IllegalStateException("making a test root", e);
        }
    }

    private static X509Certificate selfSigned(
            InstantSource clock, SecureRandom random, String name, KeyPair keys)
            throws GeneralSecurityException, OperatorException, IOException {
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var subject =
                new X500NameBuilder(BCStyle.INSTANCE)
                        .addRDN(BCStyle.C, COUNTRY)
                        .addRDN(BCStyle.O, "Custodian TEST")
                        .addRDN(ORGANIZATION_IDENTIFIER, "NTR" + COUNTRY + "-TEST0000")
                        .addRDN(BCStyle.CN, name + " TEST root")
                        .build();
        var spki = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
        var identifiers = identifiers();
        var builder =
                new X509v3CertificateBuilder(
                        subject,
                        serial(random),
                        Date.from(now.minus(SKEW)),
                        Date.from(now.plus(ROOT_LIFE)),
                        subject,
                        spki);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                identifiers.createSubjectKeyIdentifier(spki));
        return new JcaX509CertificateConverter().getCertificate(builder.build(signer(keys)));
    }

    public X509Certificate root() {
        return root;
    }

    /// A certificate for the key that asks for one, for document signatures only.
    ///
    /// @param pkcs10 the request (DER)
    public X509Certificate issue(byte[] pkcs10, Person person) throws MalformedException {
        return issue(pkcs10, person, Purpose.DOCUMENT);
    }

    /// A certificate for the key that asks for one, for one purpose only. Of the PKCS#10 request
    /// (DER) nothing but the key is taken; its self-signature must hold, which proves that the
    /// asker has the key.
    public synchronized X509Certificate issue(byte[] pkcs10, Person person, Purpose purpose)
            throws MalformedException {
        var request = request(pkcs10);
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var spki = request.getSubjectPublicKeyInfo();
        try {
            var builder =
                    new X509v3CertificateBuilder(
                            rootName(),
                            serial(random),
                            Date.from(now.minus(SKEW)),
                            Date.from(now.plus(CERTIFICATE_LIFE)),
                            subject(person),
                            spki);
            addExtensions(builder, spki, purpose);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer(keys)));
        } catch (GeneralSecurityException | OperatorException | IOException e) {
            throw new IllegalStateException("issuing a test certificate", e);
        }
    }

    private void addExtensions(
            X509v3CertificateBuilder builder, SubjectPublicKeyInfo spki, Purpose purpose)
            throws GeneralSecurityException, IOException {
        var identifiers = identifiers();
        addUse(builder, purpose);
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                identifiers.createSubjectKeyIdentifier(spki));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                identifiers.createAuthorityKeyIdentifier(rootKey()));
        builder.addExtension(
                Extension.certificatePolicies,
                false,
                new CertificatePolicies(new PolicyInformation(NCP)));
        if (publishedAt != null) {
            addAddresses(builder, publishedAt);
        }
    }

    private static void addUse(X509v3CertificateBuilder builder, Purpose purpose)
            throws IOException {
        int use = purpose == Purpose.DOCUMENT ? KeyUsage.nonRepudiation : KeyUsage.digitalSignature;
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(use));
        switch (purpose) {
            case LOGIN -> addExtended(builder, KeyPurposeId.id_kp_clientAuth);
            case CODE -> addExtended(builder, KeyPurposeId.id_kp_codeSigning);
            case DOCUMENT, CERTIFICATE_REQUEST -> {}
        }
    }

    private static void addExtended(X509v3CertificateBuilder builder, KeyPurposeId use)
            throws IOException {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(use));
    }

    private static void addAddresses(X509v3CertificateBuilder builder, URI publishedAt)
            throws IOException {
        builder.addExtension(
                Extension.cRLDistributionPoints,
                false,
                new CRLDistPoint(
                        new DistributionPoint[] {
                            new DistributionPoint(
                                    new DistributionPointName(
                                            new GeneralNames(published(publishedAt, "root.crl"))),
                                    null,
                                    null)
                        }));
        builder.addExtension(
                Extension.authorityInfoAccess,
                false,
                new AuthorityInformationAccess(
                        AccessDescription.id_ad_caIssuers, published(publishedAt, "root.cer")));
    }

    /// From now on, lists name this certificate.
    public synchronized void revoke(X509Certificate certificate) {
        revoked.putIfAbsent(
                certificate.getSerialNumber(), clock.instant().truncatedTo(ChronoUnit.SECONDS));
    }

    /// A new revocation list (RFC 5280 §5), good for a week.
    public synchronized X509CRL revocationList() {
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        try {
            var builder = new JcaX509v2CRLBuilder(root, Date.from(now));
            builder.setNextUpdate(Date.from(now.plus(LIST_LIFE)));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers().createAuthorityKeyIdentifier(rootKey()));
            builder.addExtension(
                    Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(++lists)));
            revoked.forEach(
                    (serial, time) ->
                            builder.addCRLEntry(serial, Date.from(time), CRLReason.keyCompromise));
            return new JcaX509CRLConverter().getCRL(builder.build(signer(keys)));
        } catch (GeneralSecurityException | OperatorException | IOException e) {
            throw new IllegalStateException("making a test revocation list", e);
        }
    }

    /// Writes the root certificate as PEM.
    public void writeRoot(Path file) throws IOException {
        writeCertificates(file, root);
    }

    /// Writes certificates as PEM, one after the other: the signer's first makes a chain.
    public static void writeCertificates(Path file, X509Certificate... certificates)
            throws IOException {
        var text = new StringBuilder();
        try {
            for (var certificate : certificates) {
                text.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (CertificateEncodingException e) {
            throw new IOException(e);
        }
        Files.writeString(file, text);
    }

    /// Writes a new revocation list as PEM.
    public void writeRevocationList(Path file) throws IOException {
        try {
            Files.writeString(file, pem("X509 CRL", revocationList().getEncoded()));
        } catch (CRLException e) {
            throw new IOException(e);
        }
    }

    /// Writes the root's private key as PKCS#8 PEM, for tests that let another program act as this
    /// authority. The file must not exist and is its owner's alone, where the system knows such a
    /// thing.
    public void writeKey(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
        Files.writeString(
                file,
                pem("PRIVATE KEY", keys.getPrivate().getEncoded()),
                StandardOpenOption.TRUNCATE_EXISTING);
    }

    private static PKCS10CertificationRequest request(byte[] pkcs10) throws MalformedException {
        try {
            var request = new PKCS10CertificationRequest(pkcs10);
            var verifier =
                    new JcaContentVerifierProviderBuilder()
                            .build(request.getSubjectPublicKeyInfo());
            if (!request.isSignatureValid(verifier)) {
                throw new MalformedException("the request is not signed by the key that it names");
            }
            return request;
        } catch (IOException | PKCSException | OperatorException | RuntimeException e) {
            throw new MalformedException("not a PKCS#10 request");
        }
    }

    private static X500Name subject(Person person) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.C, COUNTRY)
                .addRDN(BCStyle.SURNAME, person.surname())
                .addRDN(BCStyle.GIVENNAME, person.givenName())
                .addRDN(BCStyle.SERIALNUMBER, person.number())
                .addRDN(BCStyle.CN, person.commonName())
                .build();
    }

    private X500Name rootName() {
        return X500Name.getInstance(root.getSubjectX500Principal().getEncoded());
    }

    private SubjectPublicKeyInfo rootKey() {
        return SubjectPublicKeyInfo.getInstance(root.getPublicKey().getEncoded());
    }

    private static GeneralName published(URI publishedAt, String file) {
        return new GeneralName(
                GeneralName.uniformResourceIdentifier, publishedAt.resolve(file).toString());
    }

    /// 126 random bits (RFC 5280 §4.1.2.2 asks for a positive number of at most 20 octets).
    private static BigInteger serial(SecureRandom random) {
        return new BigInteger(126, random).setBit(126);
    }

    private static X509ExtensionUtils identifiers() throws GeneralSecurityException {
        return new JcaX509ExtensionUtils();
    }

    private static ContentSigner signer(KeyPair keys) throws OperatorException {
        return new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
    }

    private static String pem(String what, byte[] der) {
        var lines =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
    }
}
