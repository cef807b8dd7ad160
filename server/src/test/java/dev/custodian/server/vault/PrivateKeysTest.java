package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.crypto.CryptoProvider;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// With each provider: the JDK stands in where the faster one does not load.
@ParameterizedClass
@MethodSource("providers")
class PrivateKeysTest {
    private static final byte[] MESSAGE = "what is signed".getBytes(StandardCharsets.UTF_8);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Map<KeyAlgorithm, KeyPair> PAIRS = pairs();

    private final PrivateKeys keys;

    PrivateKeysTest(CryptoProvider provider) {
        keys = new PrivateKeys(RANDOM, provider);
    }

    static List<CryptoProvider> providers() {
        return List.of(CryptoProvider.jdk(), CryptoProvider.fastest());
    }

    /// Once for all tests: a large RSA key takes long to make.
    private static Map<KeyAlgorithm, KeyPair> pairs() {
        var pairs = new EnumMap<KeyAlgorithm, KeyPair>(KeyAlgorithm.class);
        try {
            for (var algorithm : KeyAlgorithm.values()) {
                pairs.put(algorithm, new PrivateKeys(RANDOM).generate(algorithm));
            }
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
        return pairs;
    }

    /// Every scheme of every key, straight from the one table; PSS with no salt, the usual and the
    /// longest.
    static List<Arguments> everyScheme() {
        var all = new ArrayList<Arguments>();
        for (var key : KeyAlgorithm.values()) {
            for (var scheme : key.schemes()) {
                all.add(Arguments.of(key, SignatureScheme.of(scheme)));
                if (scheme.isPss()) {
                    all.add(Arguments.of(key, new SignatureScheme(scheme, 0)));
                    all.add(
                            Arguments.of(
                                    key, new SignatureScheme(scheme, longestSalt(key, scheme))));
                }
            }
        }
        return all;
    }

    private static int longestSalt(KeyAlgorithm key, Scheme scheme) {
        return key.bits() / 8 - scheme.hash().length() - 2;
    }

    @ParameterizedTest
    @MethodSource("everyScheme")
    void signatureOverADigestVerifiesOverTheMessage(KeyAlgorithm key, SignatureScheme how)
            throws Exception {
        assertThat(how.fits(key)).isTrue();
        var signature = keys.sign(pair(key).getPrivate(), how, digest(how.scheme()));
        assertThat(verifies(key, how, signature, MESSAGE)).isTrue();
        assertThat(verifies(key, how, signature, "another".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void keySurvivesItsEncoding(KeyAlgorithm algorithm) throws Exception {
        try (var pkcs8 = Secret.owning(pair(algorithm).getPrivate().getEncoded())) {
            var key = keys.parse(algorithm, pkcs8);
            var how = SignatureScheme.of(algorithm.schemes().getFirst());
            assertThat(verifies(algorithm, how, keys.sign(key, how, digest(how.scheme())), MESSAGE))
                    .isTrue();
        }
    }

    @Test
    void digestOfTheWrongLengthIsRefused() {
        var key = pair(KeyAlgorithm.P256).getPrivate();
        var how = SignatureScheme.of(Scheme.ECDSA_SHA256);
        assertThatThrownBy(() -> keys.sign(key, how, Bytes.of(new byte[31])))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> keys.sign(key, how, Bytes.of(new byte[48])))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void saltThatDoesNotFitIsRefused() {
        var key = pair(KeyAlgorithm.RSA_2048).getPrivate();
        var how = new SignatureScheme(Scheme.RSA_PSS_SHA512, 2048 / 8 - 64 - 1);
        assertThat(how.fits(KeyAlgorithm.RSA_2048)).isFalse();
        assertThatThrownBy(() -> keys.sign(key, how, digest(how.scheme())))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void pssSignaturesOfOneDigestDiffer() throws Exception {
        var key = pair(KeyAlgorithm.RSA_2048).getPrivate();
        var how = SignatureScheme.of(Scheme.RSA_PSS_SHA256);
        assertThat(keys.sign(key, how, digest(how.scheme())))
                .isNotEqualTo(keys.sign(key, how, digest(how.scheme())));
    }

    private static KeyPair pair(KeyAlgorithm algorithm) {
        return Objects.requireNonNull(PAIRS.get(algorithm));
    }

    private static Bytes digest(Scheme scheme) throws GeneralSecurityException {
        return Bytes.of(MessageDigest.getInstance(scheme.hash().jca()).digest(MESSAGE));
    }

    private static boolean verifies(
            KeyAlgorithm key, SignatureScheme how, Bytes signature, byte[] message)
            throws GeneralSecurityException {
        var verifier = Signature.getInstance(how.scheme().jca());
        if (how.scheme().isPss()) {
            var hash = how.scheme().hash().jca();
            verifier.setParameter(
                    new PSSParameterSpec(
                            hash, "MGF1", new MGF1ParameterSpec(hash), how.saltLength(), 1));
        }
        verifier.initVerify(pair(key).getPublic());
        verifier.update(message);
        return verifier.verify(signature.toArray());
    }
}
