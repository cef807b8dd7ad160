package dev.custodian.it.hsm;

import static dev.custodian.server.vault.pkcs11.Cryptoki.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.Token;
import dev.custodian.server.vault.pkcs11.TokenSession;
import dev.custodian.server.vault.pkcs11.User;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// What every module does through the binding, judged by the JDK's own cryptography.
@TestInstance(Lifecycle.PER_CLASS)
abstract class BindingContract {
    private static final Bytes LETTER = Bytes.utf8("Dear Charles");
    private static final Mechanism RSA = Mechanism.of(CKM_RSA_PKCS);
    private static final Mechanism ECDSA = Mechanism.of(CKM_ECDSA);

    Hsm hsm;
    Pkcs11Module module;
    Token token;
    TokenSession session;

    abstract Hsm make(Path folder) throws Exception;

    @BeforeAll
    void open(@TempDir Path folder) throws Exception {
        hsm = make(folder);
        connect();
    }

    final void connect() throws Exception {
        module = hsm.load();
        token = module.token(hsm.label());
        session = token.open();
        try (var pin = hsm.userPin()) {
            session.login(User.USER, pin);
        }
    }

    @AfterAll
    final void close() {
        session.close();
        module.close();
    }

    Mechanism wrapping() {
        return Mechanism.of(hsm.wrapping());
    }

    @Test
    void tokenSaysWhatItIs() throws Exception {
        assertThat(token.label()).isEqualTo(hsm.label());
        assertThat(token.manufacturer()).isNotEmpty();
        assertThat(token.mechanisms())
                .contains(CKM_RSA_PKCS, CKM_ECDSA, CKM_SHA256_HMAC, hsm.wrapping());
    }

    @Test
    void tokenOfAnotherLabelIsNotThere() {
        assertThatThrownBy(() -> module.token("not there"))
                .isInstanceOf(Pkcs11Failure.class)
                .hasMessage("C_GetSlotList: CKR_TOKEN_NOT_PRESENT (0xE0)");
    }

    @Test
    void wrongPinIsRefused() throws Exception {
        session.logout();
        try (var pin = Hsm.secret("wrong-pin")) {
            assertThatThrownBy(() -> session.login(User.USER, pin))
                    .hasMessage("C_Login: CKR_PIN_INCORRECT (0xA0)");
        } finally {
            try (var pin = hsm.userPin()) {
                session.login(User.USER, pin);
            }
        }
    }

    @Test
    void rsaSignsPkcs1AndPssWithAnySalt() throws Exception {
        var pair = Keys.rsa(session, Keys.extractable());
        var open = Keys.rsaPublic(session, pair.publicKey());
        for (var hash : HashAlgorithm.values()) {
            var digest = digest(hash);
            var info = Bytes.concat(hash.digestInfoPrefix(), digest).toArray();
            var verifier = Signature.getInstance(hash.jca().replace("-", "") + "withRSA");
            verify(verifier, open, session.sign(RSA, pair.privateKey(), info));
            for (int salt : new int[] {0, 7, hash.length()}) {
                var mechanism = Mechanism.pss(hash, salt);
                var signature = session.sign(mechanism, pair.privateKey(), digest.toArray());
                verify(pss(hash, salt), open, signature);
            }
        }
    }

    private static Bytes digest(HashAlgorithm hash) throws Exception {
        return Bytes.of(MessageDigest.getInstance(hash.jca()).digest(LETTER.toArray()));
    }

    private static Signature pss(HashAlgorithm hash, int salt) throws Exception {
        var verifier = Signature.getInstance("RSASSA-PSS");
        verifier.setParameter(
                new PSSParameterSpec(
                        hash.jca(), "MGF1", new MGF1ParameterSpec(hash.jca()), salt, 1));
        return verifier;
    }

    private static void verify(Signature verifier, PublicKey key, byte[] signature)
            throws Exception {
        verifier.initVerify(key);
        verifier.update(LETTER.toArray());
        assertThat(verifier.verify(signature)).isTrue();
    }

    @Test
    void ecdsaSignsRaw() throws Exception {
        var pair = Keys.ec(session, Keys.extractable());
        var signature = session.sign(ECDSA, pair.privateKey(), Hashes.sha256(LETTER).toArray());
        verify(
                Signature.getInstance("SHA256withECDSAinP1363Format"),
                Keys.ecPublic(session, pair.publicKey()),
                signature);
    }

    @Test
    void privateKeyIsNotRead() throws Exception {
        var pair = Keys.ec(session, Keys.extractable());
        assertThatThrownBy(() -> session.get(pair.privateKey(), CKA_VALUE))
                .isInstanceOfSatisfying(
                        Pkcs11Failure.class,
                        failure -> assertThat(failure.rv()).isEqualTo(CKR_ATTRIBUTE_SENSITIVE));
    }

    @Test
    void macIsThatOfTheJdk() throws Exception {
        var octets = Hashes.sha256(LETTER).toArray();
        var key =
                session.create(
                        Template.empty()
                                .with(CKA_CLASS, CKO_SECRET_KEY)
                                .with(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
                                .with(CKA_TOKEN, false)
                                .with(CKA_SIGN, true)
                                .with(CKA_VALUE, octets));
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(octets, "HmacSHA256"));
        assertThat(session.sign(Mechanism.of(CKM_SHA256_HMAC), key, LETTER.toArray()))
                .isEqualTo(mac.doFinal(LETTER.toArray()));
    }

    @Test
    void objectsAreFoundUntilTheyAreDestroyed() throws Exception {
        var named = Template.empty().with(CKA_CLASS, CKO_PRIVATE_KEY).with(CKA_LABEL, "many");
        for (int i = 0; i < 70; i++) {
            var _ = Keys.ec(session, Keys.extractable().with(CKA_LABEL, "many"));
        }
        var found = session.find(named, 70);
        assertThat(found).hasSize(70).doesNotHaveDuplicates();
        assertThatThrownBy(() -> session.find(named, 69)).hasMessageContaining("69 is the most");
        for (long one : found) {
            session.destroy(one);
        }
        assertThat(session.find(named, 1)).isEmpty();
    }

    @Test
    void longValueIsReadWhole() throws Exception {
        var value = new byte[5000];
        value[4999] = 1;
        var object =
                session.create(
                        Template.empty()
                                .with(CKA_CLASS, CKO_PUBLIC_KEY)
                                .with(CKA_KEY_TYPE, CKK_RSA)
                                .with(CKA_TOKEN, false)
                                .with(CKA_MODULUS, modulus())
                                .with(CKA_PUBLIC_EXPONENT, new byte[] {1, 0, 1})
                                .with(CKA_LABEL, value));
        assertThat(session.get(object, CKA_LABEL)).isEqualTo(value);
        assertThat(session.number(object, CKA_KEY_TYPE)).isEqualTo(CKK_RSA);
        assertThat(session.flag(object, CKA_TOKEN)).isFalse();
    }

    private static byte[] modulus() {
        var modulus = new byte[256];
        Arrays.fill(modulus, (byte) 0xff);
        return modulus;
    }

    @Test
    void rsaKeyComesBackAndSigns() throws Exception {
        var kek = session.generateKey(Mechanism.of(CKM_AES_KEY_GEN), Keys.wrapping());
        var pair = Keys.rsa(session, Keys.extractable());
        var open = Keys.rsaPublic(session, pair.publicKey());
        var blob = session.wrap(wrapping(), kek, pair.privateKey());
        session.destroy(pair.privateKey());
        var back = session.unwrap(wrapping(), kek, blob, Keys.unwrapped(CKK_RSA));
        var info = Bytes.concat(HashAlgorithm.SHA256.digestInfoPrefix(), Hashes.sha256(LETTER));
        verify(
                Signature.getInstance("SHA256withRSA"),
                open,
                session.sign(RSA, back, info.toArray()));

        blob[blob.length / 2] ^= 1;
        assertThatThrownBy(() -> session.unwrap(wrapping(), kek, blob, Keys.unwrapped(CKK_RSA)))
                .isInstanceOf(Pkcs11Failure.class);
    }
}
