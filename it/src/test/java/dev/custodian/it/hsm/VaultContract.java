package dev.custodian.it.hsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Origin;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.journal.CheckpointKey;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.NewAuthorization;
import dev.custodian.server.journal.NewCreation;
import dev.custodian.server.journal.UseRequest;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.store.NewDigest;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.MadeKey;
import dev.custodian.server.vault.Vault;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What every vault does, behind a journal, which alone can give it something to do. Judged by the
/// JDK's own cryptography.
@TestInstance(Lifecycle.PER_CLASS)
abstract class VaultContract {
    private static final Id OWNER = id(Id.Kind.OWNER, 1);
    private static final String DEVICE = id(Id.Kind.DEVICE, 1).text();
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final SignatureScheme RSA = SignatureScheme.of(Scheme.RSA_PKCS1_SHA256);
    private static final Pattern RECORD = Pattern.compile("\"record\":\"([^\"]*)\"");
    private static final Bytes LABEL = Bytes.utf8("what for");

    final SecureRandom random = new SecureRandom();
    Vault vault;
    private SqliteStore store;
    private Journal journal;
    private int numbers;

    /// Opens the vault.
    abstract Vault open(Path folder) throws Exception;

    /// Another vault of the same kind, with keys of its own.
    abstract Vault stranger() throws Exception;

    /// Where it makes keys.
    abstract Origin origin();

    /// Kinds of keys that it makes.
    Stream<KeyAlgorithm> algorithms() {
        return Stream.of(
                KeyAlgorithm.RSA_2048, KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.P521);
    }

    Stream<Arguments> kindsOfKeys() {
        return algorithms()
                .flatMap(
                        algorithm ->
                                Stream.of(Custody.values())
                                        .map(custody -> Arguments.of(algorithm, custody)));
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        vault = open(folder);
        store = SqliteStore.open(folder.resolve("custodian.db"));
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var key = new CheckpointKey("journal.test", pair.getPublic(), pair.getPrivate());
        journal =
                new Journal(store, Clock.systemUTC(), random, key, use -> vault.sign(use), 4, "a");
        journal.start();
    }

    @AfterAll
    void stop() {
        journal.close();
        store.close();
        vault.close();
    }

    private static Id id(Id.Kind kind, int number) {
        return Id.of(kind, Bytes.fromHex("%032x".formatted(number)));
    }

    private synchronized int next() {
        return ++numbers;
    }

    MadeKey make(KeyAlgorithm algorithm, Custody custody) throws Exception {
        return vault.create(
                journal.create(
                        new NewCreation(
                                id(Id.Kind.CREDENTIAL, next()),
                                OWNER,
                                custody,
                                algorithm,
                                "CN=Ada Lovelace,C=GB",
                                "operator")));
    }

    private static Bytes digest(HashAlgorithm hash, String word) throws GeneralSecurityException {
        return Bytes.of(MessageDigest.getInstance(hash.jca()).digest(Bytes.utf8(word).toArray()));
    }

    /// What the vault gives for a committed use with this key.
    List<Bytes> sign(InnerKey key, SignatureScheme how, String... words) throws Exception {
        return journal.use(approved(key, how, words));
    }

    UseRequest approved(InnerKey key, SignatureScheme how, String... words) throws Exception {
        int n = next();
        var hash = how.scheme().hash();
        var digests = new ArrayList<NewDigest>();
        for (var word : words) {
            digests.add(new NewDigest(digest(hash, word), hash));
        }
        var row =
                journal.authorize(
                        new NewAuthorization(
                                id(Id.Kind.AUTHORIZATION, n),
                                Hashes.sha256(Bytes.utf8("intent " + n)),
                                Hashes.sha256(Bytes.utf8("sad " + n)),
                                OWNER,
                                key.credential(),
                                DEVICE,
                                Level.BOUND,
                                List.of("device", "pin"),
                                List.of(),
                                Bytes.utf8("jws"),
                                Clock.systemUTC().instant().plusSeconds(300),
                                digests,
                                Bytes.utf8("opening")),
                        _ -> {});
        return new UseRequest(
                row.number(),
                key.credential(),
                row.sender(),
                how,
                digests.stream().map(NewDigest::value).toList(),
                key);
    }

    List<Bytes> use(UseRequest approved) throws Refused {
        return journal.use(approved);
    }

    /// The same, which fails until the outcome of an earlier try is written.
    List<Bytes> useAtLast(UseRequest approved) {
        return await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .ignoreException(Refused.class)
                .until(() -> use(approved), signatures -> !signatures.isEmpty());
    }

    /// How many uses in the journal have no outcome yet.
    long openUses() throws Exception {
        long open = 0;
        var out = new ByteArrayOutputStream();
        journal.export(out);
        for (var line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
            var record = RECORD.matcher(line);
            if (record.find()) {
                var text =
                        new String(
                                Base64.getUrlDecoder().decode(record.group(1)),
                                StandardCharsets.UTF_8);
                open += text.contains("\"kind\":\"use\"") ? 1 : 0;
                open -= text.contains("\"kind\":\"outcome\"") ? 1 : 0;
            }
        }
        return open;
    }

    void refused(Callable<?> use) {
        assertThatThrownBy(use::call)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.kind()).isEqualTo(FailureKind.VAULT_FAILED));
    }

    private void refused(InnerKey key, SignatureScheme how) {
        refused(() -> sign(key, how, "one"));
    }

    static boolean verifies(InnerKey key, SignatureScheme how, Bytes signature, String word)
            throws GeneralSecurityException {
        var scheme = how.scheme();
        var publicKey =
                KeyFactory.getInstance(key.algorithm().family().name())
                        .generatePublic(new X509EncodedKeySpec(key.spki().toArray()));
        var verifier = Signature.getInstance(scheme.jca());
        if (scheme.isPss()) {
            verifier.setParameter(
                    new PSSParameterSpec(
                            scheme.hash().jca(),
                            "MGF1",
                            new MGF1ParameterSpec(scheme.hash().jca()),
                            how.saltLength(),
                            1));
        }
        verifier.initVerify(publicKey);
        verifier.update(Bytes.utf8(word).toArray());
        return verifier.verify(signature.toArray());
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
    @EnumSource
    void keyIsGoodForItsCredentialAndPublicKeyAlone(Custody custody) throws Exception {
        var key = make(KeyAlgorithm.P256, custody).key();
        var other = make(KeyAlgorithm.P256, custody).key();
        refused(with(key, other.credential(), key.spki(), key.inner()), ECDSA);
        refused(with(key, key.credential(), other.spki(), key.inner()), ECDSA);
        refused(with(key, key.credential(), key.spki(), other.inner()), ECDSA);
        assertThat(sign(key, ECDSA, "one")).hasSize(1);
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
    @EnumSource
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
    @EnumSource
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
        var sealed = make(KeyAlgorithm.P256, Custody.OWNER_SEALED).key();
        var managed = make(KeyAlgorithm.P256, Custody.MANAGED).key();
        try (var threads = Executors.newFixedThreadPool(8)) {
            var uses = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 40; i++) {
                var key = i % 2 == 0 ? sealed : managed;
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
        try (var stranger = stranger()) {
            assertThat(stranger.mac("label", LABEL)).isNotEqualTo(mac);
        }
    }

    @ParameterizedTest
    @EnumSource
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
