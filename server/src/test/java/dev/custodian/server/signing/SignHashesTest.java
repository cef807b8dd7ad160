package dev.custodian.server.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.evidence.Sad;
import dev.custodian.core.hpke.Aead;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.activation.Activation;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.journal.CheckpointKey;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.JournalledUse;
import dev.custodian.server.journal.NewAuthorization;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.store.NewDigest;
import dev.custodian.server.store.Opening;
import dev.custodian.server.store.Samples;
import dev.custodian.server.store.SqliteStore;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a SAD is good for, over a store, a journal and a signer that answers with the key that it
/// was given.
class SignHashesTest {
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final Id CREDENTIAL = Samples.credential(1);
    private static final Id OTHER = Samples.credential(2);
    private static final DeviceCaller ADA = new DeviceCaller(Samples.owner(1), Samples.device(1));
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final Bytes INNER = Bytes.utf8("the key as the vault wrapped it");

    @TempDir Path folder;

    private final SecureRandom random = new SecureRandom();
    private final Standing clock = new Standing();
    private final List<JournalledUse> uses = new CopyOnWriteArrayList<>();
    private SqliteStore store;
    private Journal journal;
    private SignHashes signHashes;
    private int authorizations;

    private static final class Standing extends Clock {
        private volatile Instant now = Samples.NOW;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    @BeforeEach
    void start() throws Exception {
        store = SqliteStore.open(folder.resolve("custodian.db"));
        var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var key = new CheckpointKey("journal.test", pair.getPublic(), pair.getPrivate());
        journal = new Journal(store, clock, random, key, this::signed, 1, "a");
        journal.start();
        journal.write(
                (tx, _) -> {
                    tx.insertCredential(Samples.credentialRow(CREDENTIAL, Samples.owner(1)));
                    tx.insertCredential(Samples.credentialRow(OTHER, Samples.owner(1)));
                    return true;
                });
        signHashes = new SignHashes(store, journal, clock);
    }

    @AfterEach
    void stop() {
        journal.close();
        store.close();
    }

    /// A "signature" that says which digest was signed, and for the how-manieth time.
    private List<Bytes> signed(JournalledUse use) {
        uses.add(use);
        return use.digests().stream().map(digest -> signature(digest, uses.size())).toList();
    }

    private static Bytes signature(Bytes digest, int nth) {
        return Hashes.sha256(Bytes.concat(digest, Bytes.u64(nth)));
    }

    private Sad sad() {
        var r = new byte[32];
        random.nextBytes(r);
        try (var secret = Secret.owning(r)) {
            return Sad.derive(secret, Samples.hash("intent"));
        }
    }

    private Id nextId() {
        return Samples.id(Id.Kind.AUTHORIZATION, ++authorizations);
    }

    private Opening opening(Sad sad, Id authorization, Id credential) {
        try (var key = sad.openingKey(authorization.text())) {
            var aad = Activation.openingAad(authorization, credential);
            return new Opening(
                    "embedded", "former", "aes", Aead.seal(key, aad, INNER.toArray(), random));
        }
    }

    private void authorize(Id id, Id credential, Sad sad, Opening opening, Bytes... digests)
            throws Refused {
        var rows = new ArrayList<NewDigest>();
        for (var digest : digests) {
            rows.add(new NewDigest(digest, HashAlgorithm.SHA256));
        }
        journal.authorize(
                new NewAuthorization(
                        id,
                        Samples.hash("intent " + id),
                        sad.hash(),
                        Samples.owner(1),
                        credential,
                        ADA.sender(),
                        Level.BOUND,
                        List.of("device", "pin"),
                        List.of(),
                        Bytes.utf8("jws"),
                        clock.instant().plus(LIFE),
                        rows,
                        opening),
                _ -> {});
    }

    /// An authorization as an activation writes it, for digests of these words.
    private Sad authorized(String... words) throws Refused {
        var sad = sad();
        var id = nextId();
        var digests = new Bytes[words.length];
        for (int i = 0; i < words.length; i++) {
            digests[i] = Samples.hash(words[i]);
        }
        authorize(id, CREDENTIAL, sad, opening(sad, id, CREDENTIAL), digests);
        return sad;
    }

    private List<Bytes> sign(Sad sad, Bytes... digests) throws Refused {
        return sign(ADA, CREDENTIAL, sad, ECDSA, List.of(digests));
    }

    private List<Bytes> sign(
            DeviceCaller caller, Id credential, Sad sad, SignatureScheme how, List<Bytes> digests)
            throws Refused {
        return signHashes.sign(new SignHashes.Request(caller, credential, sad, how, digests));
    }

    private void refused(FailureKind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    private void refusedAndNothingSigned(FailureKind kind, ThrowingCallable call) {
        refused(kind, call);
        assertThat(uses).isEmpty();
    }

    @Test
    void vaultGetsTheKeyThatTheSadFreesAndTheCallerItsSignaturesInOrder() throws Exception {
        var sad = authorized("one", "two");
        assertThat(sign(sad, Samples.hash("two"), Samples.hash("one")))
                .containsExactly(
                        signature(Samples.hash("two"), 1), signature(Samples.hash("one"), 1));
        var row = Samples.credentialRow(CREDENTIAL, Samples.owner(1));
        assertThat(uses)
                .extracting(JournalledUse::key)
                .as("as it was wrapped when the opening was made, whatever the row says now")
                .containsExactly(
                        new InnerKey(
                                CREDENTIAL,
                                row.algorithm(),
                                row.spki(),
                                "embedded",
                                "former",
                                "aes",
                                INNER));
        assertThat(uses).extracting(JournalledUse::scheme).containsExactly(ECDSA);
    }

    @Test
    void repeatAfterTheOpeningIsGoneGetsTheSameAndSignsNothing() throws Exception {
        var sad = authorized("one");
        var first = sign(sad, Samples.hash("one"));
        Awaitility.await().until(() -> openingIsGone(sad));
        assertThat(sign(sad, Samples.hash("one"))).isEqualTo(first);
        assertThat(uses).hasSize(1);
    }

    private boolean openingIsGone(Sad sad) throws Refused {
        try (var reader = store.read()) {
            return Objects.requireNonNull(reader.authorizationBySad(sad.hash())).opening() == null;
        }
    }

    @Test
    void sadOfAnotherSenderOrCredentialIsLikeOneThatWasNeverGiven() throws Exception {
        var sad = authorized("one");
        var digests = List.of(Samples.hash("one"));
        var bob = new DeviceCaller(Samples.owner(1), Samples.device(2));
        refusedAndNothingSigned(
                FailureKind.SAD_UNKNOWN, () -> sign(bob, CREDENTIAL, sad, ECDSA, digests));
        refusedAndNothingSigned(
                FailureKind.SAD_UNKNOWN, () -> sign(ADA, OTHER, sad, ECDSA, digests));
        refusedAndNothingSigned(
                FailureKind.SAD_UNKNOWN, () -> sign(ADA, CREDENTIAL, sad(), ECDSA, digests));
        assertThat(sign(sad, Samples.hash("one"))).hasSize(1);
    }

    @Test
    void sadIsGoodUntilItsEndAndNotAtIt() throws Exception {
        var sad = authorized("one", "two");
        clock.now = clock.now.plus(LIFE).minusMillis(1);
        assertThat(sign(sad, Samples.hash("one"))).hasSize(1);
        clock.now = clock.now.plusMillis(1);
        refused(FailureKind.SAD_EXPIRED, () -> sign(sad, Samples.hash("two")));
        refused(FailureKind.SAD_EXPIRED, () -> sign(sad, Samples.hash("one")));
        assertThat(uses).hasSize(1);
    }

    @Test
    void digestOfAnotherLengthIsRefusedWithItsWholeRequest() throws Exception {
        var sad = authorized("one");
        for (int length : new int[] {0, 31, 33, 48}) {
            refusedAndNothingSigned(
                    FailureKind.DIGEST_LENGTH,
                    () -> sign(sad, Samples.hash("one"), Bytes.of(new byte[length])));
        }
    }

    @Test
    void onlyTheNumberThatAnIntentMayNameIsLookedAt() throws Exception {
        var sad = authorized("one");
        var most = new ArrayList<Bytes>();
        for (int i = 0; i < Matter.MOST; i++) {
            most.add(Samples.hash("not approved " + i));
        }
        refusedAndNothingSigned(
                FailureKind.DIGEST_NOT_AUTHORIZED, () -> sign(ADA, CREDENTIAL, sad, ECDSA, most));
        most.add(Samples.hash("one"));
        refusedAndNothingSigned(
                FailureKind.MALFORMED_REQUEST, () -> sign(ADA, CREDENTIAL, sad, ECDSA, most));
    }

    @Test
    void schemeOfAnotherKindOfKeyIsRefused() throws Exception {
        var sad = authorized("one");
        var digests = List.of(Samples.hash("one"));
        for (var scheme : List.of(Scheme.RSA_PKCS1_SHA256, Scheme.RSA_PSS_SHA256)) {
            refusedAndNothingSigned(
                    FailureKind.SCHEME_REFUSED,
                    () -> sign(ADA, CREDENTIAL, sad, SignatureScheme.of(scheme), digests));
        }
        assertThat(sign(sad, Samples.hash("one"))).hasSize(1);
    }

    @Test
    void credentialThatIsGoneIsRefused() throws Exception {
        var gone = Samples.credential(3);
        var sad = sad();
        var id = nextId();
        authorize(id, gone, sad, opening(sad, id, gone), Samples.hash("one"));
        refusedAndNothingSigned(
                FailureKind.CREDENTIAL_UNKNOWN,
                () -> sign(ADA, gone, sad, ECDSA, List.of(Samples.hash("one"))));
    }

    /// A writer of the database can move openings between rows; each fits its own alone.
    @Test
    void openingOfAnotherAuthorizationCredentialOrSadFreesNoKey() throws Exception {
        var sad = sad();
        var id = nextId();
        var wrong =
                List.of(
                        opening(sad, Samples.id(Id.Kind.AUTHORIZATION, 1000), CREDENTIAL),
                        opening(sad, id, OTHER),
                        opening(sad(), id, CREDENTIAL),
                        Samples.opening("no seal"));
        for (var opening : wrong) {
            var mine = sad();
            authorize(nextId(), CREDENTIAL, mine, opening, Samples.hash("one"));
            refusedAndNothingSigned(FailureKind.TAMPERED, () -> sign(mine, Samples.hash("one")));
        }
        authorize(id, CREDENTIAL, sad, wrong.get(1), Samples.hash("one"));
        refusedAndNothingSigned(FailureKind.TAMPERED, () -> sign(sad, Samples.hash("one")));
    }
}
