package dev.custodian.testpki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.MalformedException;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestCaTest {
    private static final Instant NOW = Instant.parse("2027-03-01T10:00:00.123Z");
    private static final Person ADA = new Person("Ada", "Lovelace", "TEST0001");

    private final TestCa ca =
            TestCa.create(InstantSource.fixed(NOW), new SecureRandom(), "Custodian");

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void certificateLeadsToTheRootAndIsNotRevoked(String algorithm) throws Exception {
        var certificate = ca.issue(request(keyPair(algorithm)), ADA);
        validate(certificate, ca.revocationList());
    }

    @Test
    void revokedCertificateIsNotValid() throws Exception {
        var certificate = ca.issue(request(keyPair("EC")), ADA);
        ca.revoke(certificate);
        assertThatThrownBy(() -> validate(certificate, ca.revocationList()))
                .isInstanceOfSatisfying(
                        CertPathValidatorException.class,
                        e ->
                                assertThat(e.getReason())
                                        .isEqualTo(CertPathValidatorException.BasicReason.REVOKED));
    }

    @Test
    void certificateIsForDocumentSignaturesOnly() throws Exception {
        var certificate = ca.issue(request(keyPair("EC")), ADA);
        assertThat(certificate.getCriticalExtensionOIDs()).containsExactly("2.5.29.15");
        boolean[] usage = certificate.getKeyUsage();
        for (int bit = 0; bit < usage.length; bit++) {
            assertThat(usage[bit]).as("bit %d", bit).isEqualTo(bit == 1);
        }
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    }

    @Test
    void onlyPublishingAuthorityNamesAddresses() throws Exception {
        var keys = keyPair("EC");
        var publishing =
                TestCa.publishing(
                        InstantSource.fixed(NOW),
                        new SecureRandom(),
                        "Custodian",
                        URI.create("http://test-ca.example.org/a/"));
        var list = publishing.issue(request(keys), ADA).getExtensionValue("2.5.29.31");
        assertThat(new String(list, StandardCharsets.US_ASCII))
                .contains("http://test-ca.example.org/a/root.crl");
        assertThat(ca.issue(request(keys), ADA).getExtensionValue("2.5.29.31")).isNull();
    }

    @Test
    void everyNameSaysTest() throws Exception {
        var certificate = ca.issue(request(keyPair("EC")), ADA);
        assertThat(certificate.getSubjectX500Principal().getName())
                .contains("CN=Ada Lovelace (TEST)");
        assertThat(ca.root().getSubjectX500Principal().getName())
                .contains("CN=Custodian TEST root", "O=Custodian TEST");
    }

    @Test
    void subjectComesFromThePersonAndNotFromTheRequest() throws Exception {
        var certificate = ca.issue(request(keyPair("EC")), ADA);
        assertThat(certificate.getSubjectX500Principal().getName()).doesNotContain("somebody");
    }

    @Test
    void requestThatIsNotSignedByItsKeyIsRefused() throws Exception {
        var keys = keyPair("EC");
        var forged = request(new KeyPair(keys.getPublic(), keyPair("EC").getPrivate()));
        assertThatThrownBy(() -> ca.issue(forged, ADA)).isInstanceOf(MalformedException.class);
    }

    @Test
    void requestThatIsNoRequestIsRefused() {
        assertThatThrownBy(() -> ca.issue(new byte[] {0x30, 1, 0}, ADA))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> ca.issue(new byte[0], ADA)).isInstanceOf(MalformedException.class);
    }

    @Test
    void emptyListHasNoEntriesAndNumbersGrow() throws Exception {
        var first = ca.revocationList();
        var second = ca.revocationList();
        assertThat(first.getRevokedCertificates()).isNull();
        assertThat(first.getNextUpdate().toInstant().minus(Duration.ofDays(7)))
                .isEqualTo(first.getThisUpdate().toInstant());
        assertThat(first.getExtensionValue("2.5.29.20"))
                .isNotEqualTo(second.getExtensionValue("2.5.29.20"));
        second.verify(ca.root().getPublicKey());
    }

    @Test
    void pemFilesAreReadBackByTheJdk(@TempDir Path folder) throws Exception {
        var certificate = ca.issue(request(keyPair("RSA")), ADA);
        var chain = folder.resolve("chain.pem");
        TestCa.writeCertificates(chain, certificate, ca.root());
        ca.writeRevocationList(folder.resolve("crl.pem"));
        var factory = CertificateFactory.getInstance("X.509");
        assertThat(
                        factory.generateCertificates(
                                new ByteArrayInputStream(Files.readAllBytes(chain))))
                .hasSize(2)
                .first()
                .isEqualTo(certificate);
        var list =
                factory.generateCRL(
                        new ByteArrayInputStream(Files.readAllBytes(folder.resolve("crl.pem"))));
        assertThat(list.isRevoked(certificate)).isFalse();
    }

    @Test
    void savedKeyIsItsOwnersAlone(@TempDir Path folder) throws Exception {
        var file = folder.resolve("TEST-root.key");
        ca.writeKey(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file).content().startsWith("-----BEGIN PRIVATE KEY-----\n");
    }

    private void validate(X509Certificate certificate, X509CRL list)
            throws GeneralSecurityException {
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(ca.root(), null)));
        parameters.setDate(Date.from(NOW));
        parameters.addCertStore(
                CertStore.getInstance(
                        "Collection", new CollectionCertStoreParameters(List.of(list))));
        var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }

    private static KeyPair keyPair(String algorithm) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
        return generator.generateKeyPair();
    }

    private static byte[] request(KeyPair keys) throws Exception {
        var algorithm =
                keys.getPrivate().getAlgorithm().equals("RSA")
                        ? "SHA256withRSA"
                        : "SHA256withECDSA";
        return new JcaPKCS10CertificationRequestBuilder(
                        new X500Name("CN=somebody"), keys.getPublic())
                .build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate()))
                .getEncoded();
    }
}
