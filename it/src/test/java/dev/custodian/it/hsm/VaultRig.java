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
import dev.custodian.core.Refused;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.journal.CheckpointKey;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.NewAuthorization;
import dev.custodian.server.journal.NewCreation;
import dev.custodian.server.journal.UseRequest;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.store.NewDigest;
import dev.custodian.server.store.Opening;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.vault.ForeignKey;
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
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// A vault behind a journal, which alone can give it something to do.
@TestInstance(Lifecycle.PER_CLASS)
abstract class VaultRig {
    private static final Id OWNER = id(Id.Kind.OWNER, 1);
    private static final String DEVICE = id(Id.Kind.DEVICE, 1).text();
    private static final Pattern RECORD = Pattern.compile("\"record\":\"([^\"]*)\"");

    final SecureRandom random = new SecureRandom();
    Vault vault;
    private SqliteStore store;
    private Journal journal;
    private int numbers;

    /// Opens the vault.
    abstract Vault open(Path folder) throws Exception;

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

    /// The same of a key that was made elsewhere.
    MadeKey take(ForeignKey key, Custody custody) throws Exception {
        return vault.take(
                journal.create(
                        new NewCreation(
                                id(Id.Kind.CREDENTIAL, next()),
                                OWNER,
                                custody,
                                key.algorithm(),
                                "CN=Ada Lovelace,C=GB",
                                "operator")),
                key);
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
                                Opening.of(key, Bytes.utf8("opening"))),
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
}
