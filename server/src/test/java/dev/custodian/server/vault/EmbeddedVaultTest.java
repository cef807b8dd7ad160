package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
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
import dev.custodian.server.store.Samples;
import dev.custodian.server.store.SqliteStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The vault behind a journal, which alone can give it something to do.
class EmbeddedVaultTest {
    private static final Id CREDENTIAL = Samples.credential(1);
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final Bytes LABEL = Bytes.utf8("what for");

    @TempDir Path folder;

    private final SecureRandom random = new SecureRandom();
    private final byte[] master = random(32);
    private EmbeddedVault vault;
    private SqliteStore store;
    private Journal journal;
    private int authorizations;

    @BeforeEach
    void start() throws Exception {
        vault = new EmbeddedVault(Secret.owning(master), random);
        store = SqliteStore.open(folder.resolve("custodian.db"));
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var key = new CheckpointKey("journal.test", pair.getPublic(), pair.getPrivate());
        journal =
                new Journal(store, Clock.systemUTC(), random, key, use -> vault.sign(use), 1, "a");
        journal.start();
    }

    @AfterEach
    void stop() {
        journal.close();
        store.close();
        vault.close();
    }

    private byte[] random(int size) {
        var octets = new byte[size];
        random.nextBytes(octets);
        return octets;
    }

    private MadeKey make(KeyAlgorithm algorithm) throws Exception {
        return vault.create(
                journal.create(
                        new NewCreation(
                                CREDENTIAL,
                                Samples.owner(1),
                                Custody.OWNER_SEALED,
                                algorithm,
                                "CN=Ada Lovelace,C=GB",
                                "operator")));
    }

    private static Bytes digest(String word) {
        return Samples.hash(word);
    }

    /// What the vault gives for a committed use with this key.
    private List<Bytes> sign(InnerKey key, SignatureScheme how, String... words) throws Refused {
        int n = ++authorizations;
        var digests = new ArrayList<NewDigest>();
        for (var word : words) {
            digests.add(new NewDigest(digest(word), HashAlgorithm.SHA256));
        }
        var row =
                journal.authorize(
                        new NewAuthorization(
                                Samples.id(Id.Kind.AUTHORIZATION, n),
                                Samples.hash("intent " + n),
                                Samples.hash("sad " + n),
                                Samples.owner(1),
                                key.credential(),
                                Samples.device(1).text(),
                                Level.BOUND,
                                List.of("device", "pin"),
                                List.of(),
                                Bytes.utf8("jws"),
                                Clock.systemUTC().instant().plusSeconds(300),
                                digests,
                                Bytes.utf8("opening")),
                        _ -> {});
        return journal.use(
                new UseRequest(
                        row.number(),
                        key.credential(),
                        row.sender(),
                        how,
                        digests.stream().map(NewDigest::value).toList(),
                        key));
    }

    private void refused(InnerKey key, SignatureScheme how) {
        assertThatThrownBy(() -> sign(key, how, "one"))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.kind()).isEqualTo(FailureKind.VAULT_FAILED));
    }

    private static boolean verifies(InnerKey key, Scheme scheme, Bytes signature, String word)
            throws GeneralSecurityException {
        PublicKey publicKey =
                KeyFactory.getInstance(key.algorithm().family().name())
                        .generatePublic(new X509EncodedKeySpec(key.spki().toArray()));
        var verifier = Signature.getInstance(scheme.jca());
        verifier.initVerify(publicKey);
        verifier.update(word.getBytes(StandardCharsets.UTF_8));
        return verifier.verify(signature.toArray());
    }

    @ParameterizedTest
    @EnumSource(names = {"P384", "RSA_2048"})
    void keyThatWasMadeSignsEachDigestInItsPlace(KeyAlgorithm algorithm) throws Exception {
        var key = make(algorithm).key();
        assertThat(key.credential()).isEqualTo(CREDENTIAL);
        assertThat(key.algorithm()).isEqualTo(algorithm);
        var scheme = Scheme.plain(algorithm.family(), HashAlgorithm.SHA256);
        var signatures = sign(key, SignatureScheme.of(scheme), "one", "two");
        assertThat(signatures).hasSize(2);
        assertThat(verifies(key, scheme, signatures.get(0), "one")).isTrue();
        assertThat(verifies(key, scheme, signatures.get(1), "two")).isTrue();
        assertThat(verifies(key, scheme, signatures.get(0), "two")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"P256", "RSA_2048"})
    void requestIsForThisKeyAndSubjectAndSignedByTheKey(KeyAlgorithm algorithm) throws Exception {
        var made = make(algorithm);
        var request = new PKCS10CertificationRequest(made.request().toArray());
        assertThat(request.getSubject()).isEqualTo(new X500Name("C=GB,CN=Ada Lovelace"));
        var spki = request.getSubjectPublicKeyInfo();
        assertThat(Bytes.of(spki.getEncoded())).isEqualTo(made.key().spki());
        assertThat(request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(spki)))
                .isTrue();
    }

    @Test
    void wrappedKeyIsGoodForItsCredentialAndPublicKeyAlone() throws Exception {
        var key = make(KeyAlgorithm.P256).key();
        var other = make(KeyAlgorithm.P256).key();
        refused(with(key, Samples.credential(2), key.spki(), key.inner()), ECDSA);
        refused(with(key, CREDENTIAL, other.spki(), key.inner()), ECDSA);
        refused(with(key, CREDENTIAL, key.spki(), other.inner()), ECDSA);
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

    @Test
    void keyOfAnotherVaultWrappingKeyOrMechanismIsRefused() throws Exception {
        var key = make(KeyAlgorithm.P256).key();
        refused(from(key, "hsm", key.keyId(), key.mechanism()), ECDSA);
        refused(from(key, key.vault(), "older", key.mechanism()), ECDSA);
        refused(from(key, key.vault(), key.keyId(), "none"), ECDSA);
        assertThat(sign(from(key, key.vault(), key.keyId(), key.mechanism()), ECDSA, "one"))
                .hasSize(1);
    }

    private static InnerKey from(InnerKey key, String vault, String keyId, String mechanism) {
        return new InnerKey(
                key.credential(),
                key.algorithm(),
                key.spki(),
                vault,
                keyId,
                mechanism,
                key.inner());
    }

    @Test
    void schemeOfAnotherKindOfKeyIsRefused() throws Exception {
        refused(make(KeyAlgorithm.P256).key(), SignatureScheme.of(Scheme.RSA_PKCS1_SHA256));
        refused(make(KeyAlgorithm.RSA_2048).key(), ECDSA);
    }

    @Test
    void wrappedKeyUnderAnotherMasterKeyIsRefused() throws Exception {
        var key = make(KeyAlgorithm.P256).key();
        vault.close();
        vault = new EmbeddedVault(Secret.owning(random(32)), random);
        refused(key, ECDSA);
    }

    @Test
    void secretComesBackInItsContextAlone() throws Exception {
        try (var secret = Secret.owning(random(32))) {
            var wrapped = vault.wrap(LABEL, secret);
            try (var back = vault.unwrap(LABEL, wrapped)) {
                assertThat(back).isEqualTo(secret);
            }
            assertThat(wrapped.hex()).doesNotContain(Bytes.of(secret.expose()).hex());
            assertThatThrownBy(() -> vault.unwrap(Bytes.utf8("another"), wrapped))
                    .isInstanceOf(GeneralSecurityException.class);
            try (var stranger = new EmbeddedVault(Secret.owning(random(32)), random)) {
                assertThatThrownBy(() -> stranger.unwrap(LABEL, wrapped))
                        .isInstanceOf(GeneralSecurityException.class);
            }
        }
    }

    @Test
    void macIsOneOfThisVaultLabelAndData() {
        var mac = vault.mac("label", LABEL);
        assertThat(mac.size()).isEqualTo(32);
        assertThat(vault.mac("label", LABEL)).isEqualTo(mac);
        assertThat(vault.mac("another", LABEL)).isNotEqualTo(mac);
        assertThat(vault.mac("label", Bytes.utf8("another"))).isNotEqualTo(mac);
        try (var stranger = new EmbeddedVault(Secret.owning(random(32)), random)) {
            assertThat(stranger.mac("label", LABEL)).isNotEqualTo(mac);
        }
    }

    @Test
    void closedVaultHasWipedItsMasterKeyAndDoesNothing() {
        vault.close();
        assertThat(master).containsOnly(0);
        assertThatThrownBy(() -> vault.mac("label", LABEL))
                .isInstanceOf(IllegalStateException.class);
    }
}
