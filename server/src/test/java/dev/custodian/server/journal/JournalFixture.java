package dev.custodian.server.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.DigestRow;
import dev.custodian.server.store.NewDigest;
import dev.custodian.server.store.Samples;
import dev.custodian.server.store.SqliteStore;
import dev.custodian.server.store.Store;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// Journals over one SQLite file, a clock that stands, and a signer that counts.
final class JournalFixture implements AutoCloseable {
    static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    static final Id CREDENTIAL = Samples.credential(1);
    static final String SENDER = Samples.device(1).text();
    static final Journal.Guard NO_GUARD = _ -> {};

    final Path file;
    final Store store;
    final MovableClock clock = new MovableClock(Samples.NOW);
    final CheckingSigner signer;
    final CheckpointKey key;
    private final List<Journal> journals = new ArrayList<>();
    private int intents;

    JournalFixture(Path folder) throws Refused {
        file = folder.resolve("custodian.db");
        store = SqliteStore.open(file);
        signer = new CheckingSigner(file);
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            key = new CheckpointKey("journal.test", pair.getPublic(), pair.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /// Starts a node.
    Journal journal(String node) throws Refused {
        return journal(node, store, signer);
    }

    Journal journal(String node, Store over, Journal.Signer with) throws Refused {
        var journal = new Journal(over, clock, new SecureRandom(), key, with, 2, node);
        journal.start();
        journals.add(journal);
        return journal;
    }

    NewAuthorization wanted(String intent, List<NewDigest> digests) {
        return new NewAuthorization(
                Samples.id(Id.Kind.AUTHORIZATION, intent.hashCode()),
                Samples.hash(intent),
                Samples.hash("sad of " + intent),
                Samples.owner(1),
                CREDENTIAL,
                SENDER,
                Level.BOUND,
                List.of("device", "pin"),
                List.of(new Shown("document", "contract.pdf", Shown.Source.COMPUTED)),
                Bytes.utf8("jws of " + intent),
                clock.instant().plusSeconds(300),
                digests,
                Samples.opening("opening"));
    }

    AuthorizationRow authorize(Journal journal, NewDigest... digests) throws Refused {
        return journal.authorize(wanted("intent " + ++intents, List.of(digests)), NO_GUARD);
    }

    static UseRequest ask(AuthorizationRow authorization, Bytes... digests) {
        return ask(authorization, ECDSA, digests);
    }

    static UseRequest ask(
            AuthorizationRow authorization, SignatureScheme scheme, Bytes... digests) {
        return new UseRequest(
                authorization.number(),
                CREDENTIAL,
                SENDER,
                scheme,
                List.of(digests),
                Samples.key(CREDENTIAL));
    }

    static void assertRefused(FailureKind kind, ThrowingCallable call) {
        var refused = catchThrowableOfType(Refused.class, call);
        assertThat(refused).isNotNull();
        assertThat(refused.kind()).isEqualTo(kind);
    }

    DigestRow.State state(AuthorizationRow authorization, Bytes digest) throws Refused {
        try (var reader = store.read()) {
            return reader.digests(authorization.number(), List.of(digest)).getFirst().state();
        }
    }

    /// Waits until an outcome is in the store.
    <S extends DigestRow.State> S awaitState(
            Class<S> kind, AuthorizationRow authorization, Bytes digest) {
        return kind.cast(
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> state(authorization, digest), kind::isInstance));
    }

    AuthorizationRow reread(AuthorizationRow authorization) throws Refused {
        try (var reader = store.read()) {
            var row = reader.authorization(authorization.number());
            if (row == null) {
                throw new AssertionError("the authorization is gone");
            }
            return row;
        }
    }

    /// The whole journal, read and parsed.
    List<JournalRecord> records() throws Refused, MalformedException {
        try (var reader = store.read()) {
            var records = new ArrayList<JournalRecord>();
            for (var row : reader.records(0, reader.head().size())) {
                records.add(JournalRecord.parse(row.record()));
            }
            return records;
        }
    }

    <R extends JournalRecord> List<R> records(Class<R> kind) throws Refused, MalformedException {
        return records().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Override
    public void close() {
        journals.forEach(Journal::close);
        store.close();
    }
}
