package dev.custodian.device.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.CertificateHolding;
import dev.custodian.device.DeviceStore;
import dev.custodian.device.KeySpec;
import dev.custodian.device.KeyType;
import dev.custodian.device.SoftwareStore;
import dev.custodian.device.testing.SomeCertificate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidParameterException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Device keys as a `KeyStore`.
class DeviceKeyStoreTest {
    private static final String PASSPHRASE = "correct horse";

    @TempDir Path scratch;

    private DeviceStore store;

    @BeforeEach
    void open() throws Exception {
        try (var typed = Secret.owning(Bytes.utf8(PASSPHRASE).toArray())) {
            store = SoftwareStore.open(folder(), typed);
        }
        store.create(new KeySpec("work", KeyType.P256)).close();
        store.create(new KeySpec("play", KeyType.RSA_2048)).close();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Path folder() {
        return scratch.resolve("keys");
    }

    private static boolean signs(KeyStore keys, String alias, String algorithm) throws Exception {
        var signer = Signature.getInstance(algorithm, new DeviceProvider());
        signer.initSign((PrivateKey) keys.getKey(alias, new char[0]));
        signer.update((byte) 7);
        var verifier = Signature.getInstance(algorithm);
        verifier.initVerify(keys.getCertificate(alias));
        verifier.update((byte) 7);
        return verifier.verify(signer.sign());
    }

    @Test
    void keysAreThereByNameAndByUriAndSign() throws Exception {
        var keys = DeviceKeyStore.of(List.of(store));
        assertThat(Collections.list(keys.aliases())).containsExactly("play", "work");
        assertThat(keys.size()).isEqualTo(2);
        assertThat(keys.isKeyEntry("work")).isTrue();
        assertThat(keys.isCertificateEntry("work")).isFalse();
        assertThat(keys.containsAlias("none")).isFalse();
        assertThat(keys.getKey("none", new char[0])).isNull();
        assertThat(keys.getCertificateChain("none")).isNull();
        var uri = store.list().get(1).text();
        for (var alias : List.of("work", uri)) {
            assertThat(signs(keys, alias, "SHA256withECDSA")).isTrue();
        }
        assertThat(signs(keys, "play", "SHA256withRSA")).isTrue();
        assertThat(keys.getCertificateAlias(keys.getCertificate(uri))).isEqualTo("work");
        assertThat(keys.getCreationDate("work")).isNotNull();
    }

    @Test
    void keptCertificateIsShownAndAnotherOneIsForTheTimeBeing() throws Exception {
        var keys = DeviceKeyStore.of(List.of(store));
        var ofToday = keys.getCertificate("work");
        assertThat(keys.getCertificate("work")).isEqualTo(ofToday);
        assertThat(folder().resolve("work.p8crt")).doesNotExist();
        try (var key = store.open(store.list().get(1))) {
            var own = SomeCertificate.of(key.publicKey(), "Ada");
            keys.setKeyEntry("work", keys.getKey("work", null), null, new Certificate[] {own});
            assertThat(keys.getCertificateChain("work")).containsExactly(own);
            assertThat(DeviceKeyStore.of(List.of(store)).getCertificate("work")).isEqualTo(own);
            assertThat(key.ability(CertificateHolding.class).orElseThrow().certificates())
                    .containsExactly(own);
        }
    }

    @Test
    void noKeyComesInAndNoCertificateOfAnotherKey() throws Exception {
        var keys = DeviceKeyStore.of(List.of(store));
        var pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
        var strange = SomeCertificate.of(pair.getPublic(), "Eve");
        var chain = new Certificate[] {strange};
        var work = keys.getKey("work", null);
        var play = keys.getKey("play", null);
        for (var attempt :
                List.<ThrowingCallable>of(
                        () -> keys.setKeyEntry("new", pair.getPrivate(), null, chain),
                        () -> keys.setKeyEntry("work", pair.getPrivate(), null, chain),
                        () -> keys.setKeyEntry("work", play, null, chain),
                        () -> keys.setKeyEntry("work", work, null, chain),
                        () -> keys.setKeyEntry("work", new byte[3], chain),
                        () -> keys.setCertificateEntry("eve", strange))) {
            assertThatExceptionOfType(KeyStoreException.class).isThrownBy(attempt);
        }
        assertThat(signs(keys, "work", "SHA256withECDSA")).isTrue();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> keys.store(new ByteArrayOutputStream(), new char[0]));
        keys.store(null, new char[0]);
    }

    @Test
    void damagedKeyIsShownAndItsUseIsRefusedWithTheReason() throws Exception {
        Files.write(folder().resolve("work.p8"), new byte[3]);
        var keys = DeviceKeyStore.of(List.of(store));
        assertThat(keys.containsAlias("work")).isTrue();
        assertThat(keys.getCertificate("work")).isNull();
        assertThatExceptionOfType(UnrecoverableKeyException.class)
                .isThrownBy(() -> keys.getKey("work", null))
                .withMessageContaining("work.p8 is not sealed");
        assertThat(signs(keys, "play", "SHA256withRSA")).isTrue();
        keys.deleteEntry("work");
        assertThat(store.list()).hasSize(1);
    }

    @Test
    void providerOpensWhatItWasToldAndNothingWithoutThePassphrase() throws Exception {
        var provider = new DeviceProvider().configure("software:" + folder());
        var keys = KeyStore.getInstance(DeviceKeyStore.TYPE, provider);
        for (var wrong : new String[] {"", "correct hrse"}) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> keys.load(null, wrong.toCharArray()))
                    .withMessageMatching(".*(sealed|not the right one).*");
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(
                        () ->
                                keys.load(
                                        new ByteArrayInputStream(new byte[1]),
                                        PASSPHRASE.toCharArray()));
        keys.load(null, PASSPHRASE.toCharArray());
        assertThat(signs(keys, "work", "SHA256withECDSA")).isTrue();
        assertThatExceptionOfType(KeyStoreException.class)
                .isThrownBy(() -> KeyStore.getInstance(DeviceKeyStore.TYPE, new DeviceProvider()));
        for (var nonsense : List.of("", "tpm:", "files:/x", "card,", "software:/x,nonsense")) {
            assertThatExceptionOfType(InvalidParameterException.class)
                    .isThrownBy(() -> new DeviceProvider().configure(nonsense));
        }
    }

    @Test
    void keyManagersOfJsseTakeTheirKeysFromIt() throws Exception {
        var keys = DeviceKeyStore.of(List.of(store));
        for (var algorithm : List.of("SunX509", "PKIX")) {
            var factory = KeyManagerFactory.getInstance(algorithm);
            factory.init(keys, new char[0]);
            var manager = (X509ExtendedKeyManager) factory.getKeyManagers()[0];
            var alias = manager.chooseEngineClientAlias(new String[] {"EC"}, null, null);
            assertThat(manager.getPrivateKey(alias)).isInstanceOf(DevicePrivateKey.class);
            assertThat(manager.getCertificateChain(alias)).hasSize(1);
        }
    }
}
