package dev.custodian.device.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.SoftwareStore;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DeviceProviderTest {
    private static final byte[] LETTER = "Dear Charles".getBytes(StandardCharsets.US_ASCII);
    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2051-01-01T00:00:00Z");

    @TempDir Path scratch;

    private final DeviceProvider provider = new DeviceProvider();
    private DeviceStore store;

    @BeforeEach
    void begin() throws Exception {
        Security.addProvider(provider);
        try (var passphrase = Secret.owning(Bytes.utf8("correct horse").toArray())) {
            store = SoftwareStore.open(scratch.resolve("keys"), passphrase);
        }
    }

    @AfterEach
    void end() {
        store.close();
        Security.removeProvider(DeviceProvider.NAME);
    }

    private DeviceKey key(KeyType type) throws Exception {
        return store.create(new KeySpec("work", type));
    }

    private static @Nullable PSSParameterSpec parameters(String algorithm, String hash) {
        return algorithm.equals("RSASSA-PSS")
                ? new PSSParameterSpec(
                        hash,
                        "MGF1",
                        new MGF1ParameterSpec(hash),
                        Integer.parseInt(hash.substring(4)) / 8,
                        1)
                : null;
    }

    @ParameterizedTest
    @CsvSource({
        "P256, SHA256withECDSA, ''",
        "P256, SHA384withECDSAinP1363Format, ''",
        "P256, NONEwithECDSA, SHA-256",
        "P384, SHA384withECDSA, ''",
        "P384, SHA512withECDSA, ''",
        "P384, NONEwithECDSAinP1363Format, SHA-384",
        "RSA_2048, SHA256withRSA, ''",
        "RSA_2048, SHA512withRSA, ''",
        "RSA_2048, RSASSA-PSS, SHA-256",
        "RSA_3072, SHA384withRSA, ''",
        "RSA_3072, RSASSA-PSS, SHA-512",
        "ED25519, Ed25519, ''",
        "ED25519, EdDSA, ''"
    })
    void whoeverAsksTheJcaGetsASignatureThatTheJdkVerifies(
            KeyType type, String algorithm, String hash) throws Exception {
        try (var key = key(type)) {
            var message =
                    algorithm.startsWith("NONE")
                            ? MessageDigest.getInstance(hash).digest(LETTER)
                            : LETTER;
            var parameters = parameters(algorithm, hash);
            var signer = Signature.getInstance(algorithm);
            // the key first: it chooses the provider
            signer.initSign(DevicePrivateKey.of(key));
            if (parameters != null) {
                signer.setParameter(parameters);
            }
            assertThat(signer.getProvider()).isSameAs(provider);
            signer.update(message, 0, 5);
            signer.update(message[5]);
            signer.update(message, 6, message.length - 6);
            var signature = signer.sign();

            var verifier = Signature.getInstance(algorithm);
            if (parameters != null) {
                verifier.setParameter(parameters);
            }
            verifier.initVerify(key.publicKey());
            assertThat(verifier.getProvider()).isNotSameAs(provider);
            verifier.update(message);
            assertThat(verifier.verify(signature)).isTrue();
        }
    }

    @Test
    void keyHasNoOctetsAndDoesNotTravel() throws Exception {
        for (var type : KeyType.values()) {
            try (var key =
                            store.create(
                                    new KeySpec(
                                            type.name().toLowerCase(java.util.Locale.ROOT), type));
                    var out = new ObjectOutputStream(new ByteArrayOutputStream())) {
                var opaque = DevicePrivateKey.of(key);
                assertThat(opaque.getEncoded()).isNull();
                assertThat(opaque.getFormat()).isNull();
                assertThat(opaque).hasToString("DevicePrivateKey " + key.uri());
                assertThatExceptionOfType(NotSerializableException.class)
                        .isThrownBy(() -> out.writeObject(opaque));
            }
        }
    }

    @Test
    void keyOfAnotherKindOrOfSomebodyElseIsNotTaken() throws Exception {
        var foreign = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
        var signer = Signature.getInstance("SHA256withECDSA", provider);
        assertThatExceptionOfType(InvalidKeyException.class)
                .isThrownBy(() -> signer.initSign(foreign));
        try (var key = key(KeyType.P256)) {
            var rsa = Signature.getInstance("SHA256withRSA", provider);
            var ed = Signature.getInstance("Ed25519", provider);
            for (var wrong : List.of(rsa, ed)) {
                assertThatExceptionOfType(InvalidKeyException.class)
                        .isThrownBy(() -> wrong.initSign(DevicePrivateKey.of(key)));
            }
            assertThatExceptionOfType(InvalidKeyException.class)
                    .isThrownBy(() -> signer.initVerify(key.publicKey()));
            signer.initSign(DevicePrivateKey.of(key));
            signer.update(LETTER);
            assertThat(signer.sign()).isNotEmpty();
        }
    }

    @Test
    void saltOfAnotherLengthOrAnotherHashInsideIsNotPromised() throws Exception {
        var signer = Signature.getInstance("RSASSA-PSS", provider);
        for (var odd :
                List.of(
                        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 20, 1),
                        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA1, 32, 1),
                        new PSSParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, 20, 1))) {
            assertThatExceptionOfType(InvalidAlgorithmParameterException.class)
                    .isThrownBy(() -> signer.setParameter(odd));
        }
        try (var key = key(KeyType.RSA_2048)) {
            signer.initSign(DevicePrivateKey.of(key));
            signer.update(LETTER);
            assertThatExceptionOfType(SignatureException.class).isThrownBy(signer::sign);
        }
    }

    @Test
    void closedKeySaysSoThroughTheJca() throws Exception {
        var key = key(KeyType.P256);
        var signer = Signature.getInstance("SHA256withECDSA");
        signer.initSign(DevicePrivateKey.of(key));
        key.close();
        signer.update(LETTER);
        assertThatExceptionOfType(SignatureException.class)
                .isThrownBy(signer::sign)
                .withMessage(DeviceFailure.CLOSED.sentence())
                .withCauseInstanceOf(DeviceException.class);
    }

    @ParameterizedTest
    @EnumSource
    void opensslVerifiesCertificateAndRequestOfEachType(KeyType type) throws Exception {
        try (var key = key(type)) {
            var certificate =
                    DeviceCertificates.selfSigned(key, "laptop", FROM, TO, new SecureRandom());
            certificate.verify(key.publicKey());
            assertThat(certificate.getNotAfter().toInstant()).isEqualTo(TO);
            assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
            assertThat(certificate.getKeyUsage()).startsWith(true, false, false);
            var file = scratch.resolve("certificate");
            Files.write(file, certificate.getEncoded());
            var pem = scratch.resolve("certificate.pem");
            openssl("x509", "-inform", "DER", "-in", file.toString(), "-out", pem.toString());
            assertThat(
                            openssl(
                                    "verify",
                                    "-check_ss_sig",
                                    "-purpose",
                                    "sslclient",
                                    "-CAfile",
                                    pem.toString(),
                                    pem.toString()))
                    .contains("OK");
            Files.write(file, DeviceCertificates.request(key, "laptop").toArray());
            assertThat(
                            openssl(
                                    "req",
                                    "-inform",
                                    "DER",
                                    "-in",
                                    file.toString(),
                                    "-noout",
                                    "-verify",
                                    "-subject"))
                    .contains("verify OK")
                    .contains("CN = laptop");
        }
    }

    private static String openssl(String... arguments) throws Exception {
        var line = new ArrayList<>(List.of("openssl"));
        line.addAll(List.of(arguments));
        var process = new ProcessBuilder(line).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    @Test
    void nameThatIsTooLongOrNoneIsNoName() throws Exception {
        try (var key = key(KeyType.P256)) {
            for (var name : List.of("", "x".repeat(65))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> DeviceCertificates.request(key, name));
            }
        }
    }
}
