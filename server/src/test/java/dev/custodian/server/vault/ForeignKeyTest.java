package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Date;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForeignKeyTest {
    private static final String PASSWORD = "pässword";

    @TempDir Path folder;

    private final PrivateKeys keys = new PrivateKeys(new SecureRandom());

    private interface Content {
        void into(KeyStore store) throws Exception;
    }

    private Path file(Content content) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        content.into(store);
        var file = folder.resolve("key.p12");
        try (var out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private static void put(KeyStore store, String alias, KeyPair key, KeyPair certified)
            throws Exception {
        store.setKeyEntry(
                alias,
                key.getPrivate(),
                PASSWORD.toCharArray(),
                new Certificate[] {certificate(certified)});
    }

    private static Certificate certificate(KeyPair pair) throws Exception {
        var name = new X500Name("CN=Ada Lovelace");
        var now = Instant.now();
        var algorithm =
                pair.getPublic().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        return new JcaX509CertificateConverter()
                .getCertificate(
                        new JcaX509v3CertificateBuilder(
                                        name,
                                        BigInteger.ONE,
                                        Date.from(now),
                                        Date.from(now.plusSeconds(3600)),
                                        name,
                                        pair.getPublic())
                                .build(
                                        new JcaContentSignerBuilder(algorithm)
                                                .build(pair.getPrivate())));
    }

    private static KeyPair rsa(int bits) throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static ForeignKey read(Path file, String password) throws Refused {
        try (var secret = Secret.owning(password.getBytes(StandardCharsets.UTF_8))) {
            return ForeignKey.read(file, secret);
        }
    }

    private static void refused(ThrowingCallable act, String why) {
        assertThatThrownBy(act)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(FailureKind.USAGE);
                            assertThat(refused.detail()).contains(why).doesNotContain(PASSWORD);
                        });
    }

    @Test
    void wrongPasswordAndWhatIsNoSuchFileAreRefused() throws Exception {
        var pair = keys.generate(KeyAlgorithm.P256);
        var file = file(store -> put(store, "one", pair, pair));
        refused(() -> read(file, "password"), "has another password");
        var octets = Files.readAllBytes(file);
        Files.write(file, Bytes.of(octets).slice(0, octets.length / 2).toArray());
        refused(() -> read(file, PASSWORD), "is no PKCS#12 file");
        Files.writeString(file, "-----BEGIN PRIVATE KEY-----");
        refused(() -> read(file, PASSWORD), "is no PKCS#12 file");
        Files.write(file, new byte[(1 << 20) + 1]);
        refused(() -> read(file, PASSWORD), "is too large");
    }

    @Test
    void noKeyOrSeveralAreRefused() throws Exception {
        var pair = keys.generate(KeyAlgorithm.P256);
        refused(
                () ->
                        read(
                                file(store -> store.setCertificateEntry("ca", certificate(pair))),
                                PASSWORD),
                "holds no private key");
        var two =
                file(
                        store -> {
                            put(store, "one", pair, pair);
                            var other = keys.generate(KeyAlgorithm.P384);
                            put(store, "two", other, other);
                        });
        refused(() -> read(two, PASSWORD), "holds 2 keys");
    }

    @Test
    void kindsOfKeysThatNobodySignsWithAreRefused() throws Exception {
        var small = rsa(1024);
        refused(() -> read(file(store -> put(store, "one", small, small)), PASSWORD), "RSA-2048");
        var odd = rsa(2056);
        refused(() -> read(file(store -> put(store, "one", odd, odd)), PASSWORD), "RSA-2048");
        var edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var signer = keys.generate(KeyAlgorithm.P256);
        var certified = new KeyPair(edwards.getPublic(), signer.getPrivate());
        refused(
                () -> read(file(store -> put(store, "one", edwards, certified)), PASSWORD),
                "RSA-2048");
    }

    @Test
    void keyThatIsNotItsCertificatesIsRefused() throws Exception {
        for (var other :
                new KeyPair[] {
                    keys.generate(KeyAlgorithm.P256), keys.generate(KeyAlgorithm.P384), rsa(2048)
                }) {
            var pair = keys.generate(KeyAlgorithm.P256);
            try (var key = read(file(store -> put(store, "one", other, pair)), PASSWORD)) {
                refused(() -> key.open(keys), "is not its certificate's");
            }
        }
    }

    @Test
    void keyOfACertificateIsReadAndOpened() throws Exception {
        for (var algorithm :
                new KeyAlgorithm[] {
                    KeyAlgorithm.RSA_2048, KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.P521
                }) {
            var pair = keys.generate(algorithm);
            try (var key = read(file(store -> put(store, "one", pair, pair)), PASSWORD)) {
                assertThat(key.algorithm()).isEqualTo(algorithm);
                assertThat(key.spki()).isEqualTo(Bytes.of(pair.getPublic().getEncoded()));
                assertThat(key.chain()).hasSize(1);
                assertThat(key.open(keys)).isEqualTo(pair.getPrivate());
            }
        }
    }
}
