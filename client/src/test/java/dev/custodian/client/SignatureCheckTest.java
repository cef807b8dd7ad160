package dev.custodian.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.client.SignatureCheck.Verdict;
import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Against signatures that the JDK makes of whole messages: another implementation of each scheme.
class SignatureCheckTest {
    private static final Bytes MESSAGE = Bytes.utf8("what was approved");
    private static final Bytes OTHER = Bytes.utf8("what was not");

    static List<Arguments> everyKeyAndScheme() {
        var all = new ArrayList<Arguments>();
        for (var algorithm :
                List.of(
                        KeyAlgorithm.RSA_2048,
                        KeyAlgorithm.P256,
                        KeyAlgorithm.P384,
                        KeyAlgorithm.P521)) {
            var pair = pair(algorithm);
            for (var scheme : algorithm.schemes()) {
                for (int salt :
                        scheme.isPss()
                                ? new int[] {0, 1, 32, scheme.hash().length(), 190}
                                : new int[] {0}) {
                    all.add(Arguments.of(pair, new SignatureScheme(scheme, salt)));
                }
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("everyKeyAndScheme")
    void goodSignatureIsGoodAndNoOtherIs(KeyPair pair, SignatureScheme scheme) throws Exception {
        var good = sign(pair, scheme, MESSAGE);
        var digest = digest(scheme, MESSAGE);

        assertThat(SignatureCheck.check(pair.getPublic(), scheme, digest, good))
                .isEqualTo(Verdict.GOOD);
        assertThat(
                        SignatureCheck.check(
                                pair.getPublic(), scheme, digest, sign(pair, scheme, OTHER)))
                .isIn(Verdict.OTHER_DIGEST, Verdict.OTHER);
        assertThat(SignatureCheck.check(pair.getPublic(), scheme, digest(scheme, OTHER), good))
                .isIn(Verdict.OTHER_DIGEST, Verdict.OTHER);
        for (int at = 0; at < good.size(); at += 7) {
            var bad = good.toArray();
            bad[at] ^= 4;
            assertThat(SignatureCheck.check(pair.getPublic(), scheme, digest, Bytes.of(bad)))
                    .isNotEqualTo(Verdict.GOOD);
        }
        for (var odd :
                List.of(
                        Bytes.EMPTY,
                        good.slice(1, good.size()),
                        Bytes.concat(good, Bytes.of((byte) 0)),
                        Bytes.concat(Bytes.of((byte) 0), good))) {
            assertThat(SignatureCheck.check(pair.getPublic(), scheme, digest, odd))
                    .isNotEqualTo(Verdict.GOOD);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Scheme.class,
            names = {"RSA_PSS_SHA256", "RSA_PSS_SHA384", "RSA_PSS_SHA512"})
    void everyOtherSaltLengthIsRefused(Scheme scheme) throws Exception {
        var pair = pair(KeyAlgorithm.RSA_2048);
        var digest = digest(SignatureScheme.of(scheme), MESSAGE);
        for (int made = 0; made < 40; made += 13) {
            var signature = sign(pair, new SignatureScheme(scheme, made), MESSAGE);
            for (int wanted = 0; wanted < 40; wanted++) {
                var verdict =
                        SignatureCheck.check(
                                pair.getPublic(),
                                new SignatureScheme(scheme, wanted),
                                digest,
                                signature);
                assertThat(verdict == Verdict.GOOD).isEqualTo(made == wanted);
            }
        }
    }

    private static KeyPair pair(KeyAlgorithm algorithm) {
        try {
            var generator = KeyPairGenerator.getInstance(algorithm.family().name());
            switch (algorithm.family()) {
                case RSA -> generator.initialize(algorithm.bits());
                case EC -> generator.initialize(new ECGenParameterSpec(algorithm.jcaCurve()));
            }
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Bytes sign(KeyPair pair, SignatureScheme scheme, Bytes message)
            throws Exception {
        var signature = Signature.getInstance(scheme.scheme().jca());
        if (scheme.scheme().isPss()) {
            var hash = scheme.scheme().hash().jca();
            signature.setParameter(
                    new PSSParameterSpec(
                            hash, "MGF1", new MGF1ParameterSpec(hash), scheme.saltLength(), 1));
        }
        signature.initSign(pair.getPrivate());
        signature.update(message.toArray());
        return Bytes.of(signature.sign());
    }

    private static Bytes digest(SignatureScheme scheme, Bytes message) throws Exception {
        return Bytes.of(
                MessageDigest.getInstance(scheme.scheme().hash().jca()).digest(message.toArray()));
    }
}
