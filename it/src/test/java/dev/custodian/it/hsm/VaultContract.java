package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Origin;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.vault.ForeignKey;
import dev.custodian.server.vault.Vault;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What every vault does, judged by the JDK's own cryptography.
@ExtendWith(ExecutedCases.class)
abstract class VaultContract extends VaultRig {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final SignatureScheme RSA = SignatureScheme.of(Scheme.RSA_PKCS1_SHA256);
    private static final Bytes LABEL = Bytes.utf8("what for");

    /// What it is called in the table of executed cases.
    abstract String named();

    /// Another vault of the same kind, with keys of its own.
    abstract Vault stranger() throws Exception;

    /// Where it makes keys.
    abstract Origin origin();

    /// Kinds of keys that it makes.
    Stream<KeyAlgorithm> algorithms() {
        return Stream.of(
                KeyAlgorithm.RSA_2048, KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.P521);
    }

    /// Custodies that it makes keys for.
    Stream<Custody> custodies() {
        return Stream.of(Custody.values());
    }

    Stream<Arguments> kindsOfKeys() {
        return algorithms()
                .flatMap(algorithm -> custodies().map(custody -> Arguments.of(algorithm, custody)));
    }

    private void refused(InnerKey key, SignatureScheme how) {
        refused(() -> sign(key, how, "one"));
    }

    @ParameterizedTest
    @MethodSource("kindsOfKeys")
    void keyThatWasMadeSignsEachDigestInItsPlaceInEveryScheme(
            KeyAlgorithm algorithm, Custody custody) throws Exception {
        var made = make(algorithm, custody);
        var key = made.key();
        assertThat(key.algorithm()).isEqualTo(algorithm);
        assertThat(made.origin()).isEqualTo(origin());
        for (var scheme : algorithm.schemes()) {
            var hows =
                    scheme.isPss()
                            ? List.of(
                                    new SignatureScheme(scheme, 0),
                                    new SignatureScheme(scheme, 17),
                                    SignatureScheme.of(scheme))
                            : List.of(SignatureScheme.of(scheme));
            for (var how : hows) {
                var signatures = sign(key, how, "one", "two");
                assertThat(signatures).hasSize(2);
                assertThat(verifies(key, how, signatures.get(0), "one")).as("%s", how).isTrue();
                assertThat(verifies(key, how, signatures.get(1), "two")).as("%s", how).isTrue();
                assertThat(verifies(key, how, signatures.get(0), "two")).as("%s", how).isFalse();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kindsOfKeys")
    void requestIsForThisKeyAndSubjectAndSignedByTheKey(KeyAlgorithm algorithm, Custody custody)
            throws Exception {
        var made = make(algorithm, custody);
        var request = new PKCS10CertificationRequest(made.request().toArray());
        assertThat(request.getSubject()).isEqualTo(new X500Name("C=GB,CN=Ada Lovelace"));
        var spki = request.getSubjectPublicKeyInfo();
        assertThat(Bytes.of(spki.getEncoded())).isEqualTo(made.key().spki());
        assertThat(request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(spki)))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("custodies")
    void keyIsGoodForItsCredentialAndPublicKeyAlone(Custody custody) throws Exception {
        var key = make(KeyAlgorithm.P256, custody).key();
        var other = make(KeyAlgorithm.P256, custody).key();
        refused(with(key, other.credential(), key.spki(), key.inner()), ECDSA);
        refused(with(key, key.credential(), other.spki(), key.inner()), ECDSA);
        refused(with(key, key.credential(), key.spki(), other.inner()), ECDSA);
        assertThat(sign(key, ECDSA, "one")).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("kindsOfKeys")
    void keyThatWasMadeElsewhereSignsAndIsCalledImported(
            KeyAlgorithm algorithm, Custody custody, @TempDir Path folder) throws Exception {
        var kind =
                algorithm.family() == KeyAlgorithm.Family.RSA
                        ? "rsa:" + algorithm.bits()
                        : algorithm.display();
        var file = Pkcs12.make(folder, "key", kind);
        try (var password = Hsm.secret(Pkcs12.PASSWORD);
                var foreign = ForeignKey.read(file, password)) {
            assertThat(foreign.algorithm()).isEqualTo(algorithm);
            var made = take(foreign, custody);
            var key = made.key();
            assertThat(made.origin()).isEqualTo(Origin.IMPORTED);
            assertThat(key.spki()).isEqualTo(foreign.spki());
            var how = SignatureScheme.of(Scheme.plain(algorithm.family(), HashAlgorithm.SHA256));
            assertThat(verifies(key, how, sign(key, how, "one").getFirst(), "one")).isTrue();
            var request = new PKCS10CertificationRequest(made.request().toArray());
            var spki = request.getSubjectPublicKeyInfo();
            assertThat(Bytes.of(spki.getEncoded())).isEqualTo(foreign.spki());
            assertThat(
                            request.isSignatureValid(
                                    new JcaContentVerifierProviderBuilder().build(spki)))
                    .isTrue();
        }
    }

    private static InnerKey with(InnerKey key, Id credential, Bytes spki, Bytes inner) {
        return new InnerKey(
                credential,
                key.algorithm(),
                spki,
                key.vault(),
                key.keyId(),
                key.mechanism(),
                inner);
    }

    @ParameterizedTest
    @MethodSource("custodies")
    void everyChangedOctetOfAKeyIsNoticed(Custody custody) throws Exception {
        var key = make(KeyAlgorithm.P256, custody).key();
        for (int at = 0; at < key.inner().size(); at += 7) {
            var octets = key.inner().toArray();
            octets[at] ^= 1;
            refused(with(key, key.credential(), key.spki(), Bytes.of(octets)), ECDSA);
        }
        refused(
                with(
                        key,
                        key.credential(),
                        key.spki(),
                        key.inner().slice(0, key.inner().size() - 1)),
                ECDSA);
        assertThat(sign(key, ECDSA, "one")).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("custodies")
    void keyOfAnotherVaultWrappingKeyOrMechanismIsRefused(Custody custody) throws Exception {
        var key = make(KeyAlgorithm.P256, custody).key();
        refused(from(key, "another", key.keyId(), key.mechanism()), ECDSA);
        refused(from(key, key.vault(), key.keyId(), "none"), ECDSA);
        if (!key.keyId().isEmpty()) {
            refused(from(key, key.vault(), "older", key.mechanism()), ECDSA);
        }
        assertThat(sign(from(key, key.vault(), key.keyId(), key.mechanism()), ECDSA, "one"))
                .hasSize(1);
    }

    private static InnerKey from(InnerKey key, String of, String keyId, String mechanism) {
        return new InnerKey(
                key.credential(), key.algorithm(), key.spki(), of, keyId, mechanism, key.inner());
    }

    @Test
    void schemeOfAnotherKindOfKeyIsRefused() throws Exception {
        refused(make(KeyAlgorithm.P256, Custody.MANAGED).key(), RSA);
        refused(make(KeyAlgorithm.RSA_2048, Custody.MANAGED).key(), ECDSA);
    }

    @Test
    void manyUsesAtOnceAreEachSigned() throws Exception {
        var keys = new ArrayList<InnerKey>();
        for (var custody : custodies().toList()) {
            keys.add(make(KeyAlgorithm.P256, custody).key());
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            var uses = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 40; i++) {
                var key = keys.get(i % keys.size());
                var word = "word " + i;
                uses.add(() -> verifies(key, ECDSA, sign(key, ECDSA, word).getFirst(), word));
            }
            for (var one : threads.invokeAll(uses)) {
                assertThat(one.get()).isTrue();
            }
        }
    }

    @Test
    void secretComesBackInItsContextAlone() throws Exception {
        var octets = new byte[32];
        random.nextBytes(octets);
        try (var secret = Secret.owning(octets)) {
            var wrapped = vault.wrap(LABEL, secret);
            try (var back = vault.unwrap(LABEL, wrapped)) {
                assertThat(back).isEqualTo(secret);
            }
            assertThat(wrapped.hex()).doesNotContain(Bytes.of(secret.expose()).hex());
            assertThatThrownBy(() -> vault.unwrap(Bytes.utf8("another"), wrapped))
                    .isInstanceOf(GeneralSecurityException.class);
            try (var stranger = stranger()) {
                assertThatThrownBy(() -> stranger.unwrap(LABEL, wrapped))
                        .isInstanceOf(GeneralSecurityException.class);
            }
        }
    }

    @Test
    void macIsOneOfThisVaultLabelAndData() throws Exception {
        var mac = vault.mac("label", LABEL);
        assertThat(mac.size()).isEqualTo(32);
        assertThat(vault.mac("label", LABEL)).isEqualTo(mac);
        assertThat(vault.mac("another", LABEL)).isNotEqualTo(mac);
        assertThat(vault.mac("label", Bytes.utf8("another"))).isNotEqualTo(mac);
        assertThat(vault.isMac("label", LABEL, mac)).isTrue();
        assertThat(vault.isMac("another", LABEL, mac)).isFalse();
        assertThat(vault.isMac("label", Bytes.utf8("another"), mac)).isFalse();
        try (var stranger = stranger()) {
            assertThat(stranger.mac("label", LABEL)).isNotEqualTo(mac);
            assertThat(stranger.isMac("label", LABEL, mac)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("custodies")
    void keyOfAnotherVaultOfTheSameKindIsRefused(Custody custody) throws Exception {
        var key = make(KeyAlgorithm.P256, custody).key();
        var ours = vault;
        try (var stranger = stranger()) {
            vault = stranger;
            refused(key, ECDSA);
        } finally {
            vault = ours;
        }
        assertThat(sign(key, ECDSA, "one")).hasSize(1);
    }
}
