package dev.custodian.server.journal;

import static dev.custodian.server.journal.JournalFixture.CREDENTIAL;
import static dev.custodian.server.journal.JournalFixture.ECDSA;
import static dev.custodian.server.journal.JournalFixture.SENDER;
import static dev.custodian.server.journal.JournalFixture.ask;
import static dev.custodian.server.journal.JournalFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.journal.Outcome;
import dev.custodian.core.journal.Use;
import dev.custodian.server.store.DigestRow;
import dev.custodian.server.store.NewDigest;
import dev.custodian.server.store.Samples;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The rules of FORMATS §5 for signHash, one by one.
class JournalUseTest {
    private static final Bytes ONE = Samples.hash("one");
    private static final Bytes TWO = Samples.hash("two");
    private static final Bytes THREE = Samples.hash("three");

    @TempDir Path folder;
    private JournalFixture fixture;
    private Journal journal;

    @BeforeEach
    void start() throws Exception {
        fixture = new JournalFixture(folder);
        journal = fixture.journal("a");
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void freeDigestIsSigned() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var signatures = journal.use(ask(authorization, ONE));
        assertThat(signatures).hasSize(1);
        var signed = fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        assertThat(signed.signature()).isEqualTo(signatures.getFirst());
        var use = fixture.records(Use.class).getFirst();
        assertThat(use.approval()).isEqualTo(authorization.approval());
        assertThat(use.digests()).containsExactly(new Use.Digest(HashAlgorithm.SHA256, ONE));
        assertThat(use.scheme()).isEqualTo(ECDSA);
        var outcome = fixture.records(Outcome.class).getFirst();
        assertThat(outcome.use()).isEqualTo(signed.use());
        assertThat(outcome.results())
                .containsExactly(new Outcome.Result.Signed(Hashes.sha256(signatures.getFirst())));
    }

    @Test
    void signerSeesItsUseInTheDatabase() {
        var uncommitted = new JournalledUse(77, ECDSA, List.of(ONE), Samples.key(CREDENTIAL));
        assertThatThrownBy(() -> fixture.signer.sign(uncommitted))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void repeatGetsTheSameAnswerAfterTheOutcome() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var first = journal.use(ask(authorization, ONE));
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        assertThat(journal.use(ask(authorization, ONE))).isEqualTo(first);
        assertThat(fixture.signer.signings(ONE)).isEqualTo(1);
        assertThat(fixture.records(Use.class)).hasSize(1);
    }

    @Test
    void repeatGetsTheSameAnswerBeforeTheOutcome() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var first = journal.use(ask(authorization, ONE));
        for (int i = 0; i < 20; i++) {
            assertThat(journal.use(ask(authorization, ONE))).isEqualTo(first);
        }
        assertThat(fixture.signer.signings(ONE)).isEqualTo(1);
    }

    @Test
    void equalRequestAttachesToTheRunningOne() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var gate = fixture.signer.block();
        var calls = new Calls();
        var first = calls.start(() -> journal.use(ask(authorization, ONE)));
        fixture.signer.awaitEntered();
        var second = calls.start(() -> journal.use(ask(authorization, ONE)));
        gate.countDown();
        assertThat(second.get()).isEqualTo(first.get());
        assertThat(fixture.signer.signings(ONE)).isEqualTo(1);
    }

    @Test
    void repeatAfterTheOpeningIsGoneIsAnswered() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var first = journal.use(ask(authorization, ONE));
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        assertThat(fixture.reread(authorization).opening()).isNull();
        var withoutKey =
                new UseRequest(
                        authorization.number(), CREDENTIAL, SENDER, ECDSA, List.of(ONE), null);
        assertThat(journal.use(withoutKey)).isEqualTo(first);
    }

    @Test
    void openingStaysUntilTheLastDigestIsSigned() throws Exception {
        var authorization =
                fixture.authorize(journal, Samples.digest("one"), Samples.digest("two"));
        journal.use(ask(authorization, ONE));
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        assertThat(fixture.reread(authorization).opening()).isNotNull();
        journal.use(ask(authorization, TWO));
        fixture.awaitState(DigestRow.Signed.class, authorization, TWO);
        assertThat(fixture.reread(authorization).opening()).isNull();
    }

    @Test
    void freeDigestWithoutKeyIsRefused() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var withoutKey =
                new UseRequest(
                        authorization.number(), CREDENTIAL, SENDER, ECDSA, List.of(ONE), null);
        assertRefused(FailureKind.SAD_EXPIRED, () -> journal.use(withoutKey));
        assertThat(fixture.state(authorization, ONE)).isEqualTo(new DigestRow.Free());
    }

    @Test
    void anotherSchemeIsRefusedOnceUsed() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var pss32 = new SignatureScheme(Scheme.RSA_PSS_SHA256, 32);
        var pss20 = new SignatureScheme(Scheme.RSA_PSS_SHA256, 20);
        var first = journal.use(ask(authorization, pss32, ONE));
        assertRefused(
                FailureKind.DIGEST_NOT_AUTHORIZED,
                () -> journal.use(ask(authorization, pss20, ONE)));
        assertRefused(
                FailureKind.DIGEST_NOT_AUTHORIZED,
                () -> journal.use(ask(authorization, ECDSA, ONE)));
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        assertRefused(
                FailureKind.DIGEST_NOT_AUTHORIZED,
                () -> journal.use(ask(authorization, pss20, ONE)));
        assertThat(journal.use(ask(authorization, pss32, ONE))).isEqualTo(first);
        assertThat(fixture.signer.signings()).isEqualTo(1);
    }

    @Test
    void anotherSenderOrCredentialIsRefused() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var key = Samples.key(CREDENTIAL);
        long number = authorization.number();
        var otherSender =
                new UseRequest(
                        number, CREDENTIAL, Samples.device(2).text(), ECDSA, List.of(ONE), key);
        assertRefused(FailureKind.SAD_UNKNOWN, () -> journal.use(otherSender));
        var other = Samples.credential(2);
        var otherCredential =
                new UseRequest(number, other, SENDER, ECDSA, List.of(ONE), Samples.key(other));
        assertRefused(FailureKind.SAD_UNKNOWN, () -> journal.use(otherCredential));
        var unknown = new UseRequest(number + 1, CREDENTIAL, SENDER, ECDSA, List.of(ONE), key);
        assertRefused(FailureKind.SAD_UNKNOWN, () -> journal.use(unknown));
        assertThat(fixture.signer.signings()).isZero();
    }

    @Test
    void authorizedHashIsBinding() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var sha384 = SignatureScheme.of(Scheme.ECDSA_SHA384);
        assertRefused(
                FailureKind.SCHEME_REFUSED, () -> journal.use(ask(authorization, sha384, ONE)));
        assertThat(journal.use(ask(authorization, ONE))).hasSize(1);
    }

    @Test
    void digestWithoutHashLearnsItWhenItsLengthFits() throws Exception {
        var authorization = fixture.authorize(journal, new NewDigest(ONE, null));
        var sha384 = SignatureScheme.of(Scheme.ECDSA_SHA384);
        assertRefused(
                FailureKind.DIGEST_LENGTH, () -> journal.use(ask(authorization, sha384, ONE)));
        assertThat(journal.use(ask(authorization, ONE))).hasSize(1);
        try (var reader = fixture.store.read()) {
            assertThat(reader.digests(authorization.number()).getFirst().hash())
                    .isEqualTo(HashAlgorithm.SHA256);
        }
    }

    @Test
    void digestTwiceInOneRequestGetsTheSameBytes() throws Exception {
        var authorization =
                fixture.authorize(journal, Samples.digest("one"), Samples.digest("two"));
        var signatures = journal.use(ask(authorization, ONE, TWO, ONE));
        assertThat(signatures).hasSize(3);
        assertThat(signatures.get(2)).isEqualTo(signatures.get(0)).isNotEqualTo(signatures.get(1));
        assertThat(fixture.signer.signings(ONE)).isEqualTo(1);
        assertThat(fixture.records(Use.class).getFirst().digests()).hasSize(2);
    }

    @Test
    void orderMayChange() throws Exception {
        var authorization =
                fixture.authorize(journal, Samples.digest("one"), Samples.digest("two"));
        var first = journal.use(ask(authorization, ONE, TWO));
        assertThat(journal.use(ask(authorization, TWO, ONE))).isEqualTo(first.reversed());
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        assertThat(journal.use(ask(authorization, TWO, ONE))).isEqualTo(first.reversed());
        assertThat(fixture.signer.signings()).isEqualTo(2);
    }

    @Test
    void oneDigestMoreThanApprovedIsRefusedWhole() throws Exception {
        var authorization =
                fixture.authorize(journal, Samples.digest("one"), Samples.digest("two"));
        assertRefused(
                FailureKind.DIGEST_NOT_AUTHORIZED,
                () -> journal.use(ask(authorization, ONE, TWO, THREE)));
        assertThat(fixture.state(authorization, ONE)).isEqualTo(new DigestRow.Free());
        assertThat(fixture.records(Use.class)).isEmpty();
        assertThat(journal.use(ask(authorization, ONE, TWO))).hasSize(2);
    }

    @Test
    void requestMixesStoredRunningAndFree() throws Exception {
        var authorization =
                fixture.authorize(
                        journal,
                        Samples.digest("one"),
                        Samples.digest("two"),
                        Samples.digest("three"));
        var stored = journal.use(ask(authorization, ONE)).getFirst();
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        var gate = fixture.signer.block();
        var calls = new Calls();
        var running = calls.start(() -> journal.use(ask(authorization, TWO)));
        fixture.signer.awaitEntered();
        var mixed = calls.start(() -> journal.use(ask(authorization, THREE, TWO, ONE)));
        gate.countDown();
        assertThat(mixed.get()).hasSize(3);
        assertThat(mixed.get().get(1)).isEqualTo(running.get().getFirst());
        assertThat(mixed.get().get(2)).isEqualTo(stored);
        assertThat(fixture.signer.signings()).isEqualTo(3);
    }

    @Test
    void failedUseGivesItsDigestsBack() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        fixture.signer.fail(true);
        assertRefused(FailureKind.VAULT_FAILED, () -> journal.use(ask(authorization, ONE)));
        fixture.awaitState(DigestRow.Free.class, authorization, ONE);
        assertThat(fixture.reread(authorization).opening()).isNotNull();
        assertThat(fixture.records(Outcome.class).getFirst().results())
                .containsExactly(new Outcome.Result.Failed());
        fixture.signer.fail(false);
        assertThat(journal.use(ask(authorization, ONE))).hasSize(1);
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        assertThat(fixture.records(Use.class)).hasSize(2);
        assertThat(fixture.records(Outcome.class)).hasSize(2);
    }

    @Test
    void wrongNumberOfSignaturesIsAFailedUse() throws Exception {
        var other = fixture.journal("b", fixture.store, _ -> List.of());
        var authorization = fixture.authorize(other, Samples.digest("one"));
        assertRefused(FailureKind.VAULT_FAILED, () -> other.use(ask(authorization, ONE)));
        fixture.awaitState(DigestRow.Free.class, authorization, ONE);
    }

    @Test
    void expiredAuthorizationIsRefused() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        fixture.clock.move(Duration.ofMinutes(5).minusMillis(1));
        assertThat(journal.use(ask(authorization, ONE))).hasSize(1);
        fixture.clock.move(Duration.ofMillis(1));
        assertRefused(FailureKind.SAD_EXPIRED, () -> journal.use(ask(authorization, ONE)));
    }

    @Test
    void revokedAuthorizationIsRefused() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        journal.write(
                (tx, _) -> {
                    tx.revokeAuthorizations(CREDENTIAL, fixture.clock.instant());
                    return true;
                });
        assertRefused(FailureKind.SAD_EXPIRED, () -> journal.use(ask(authorization, ONE)));
    }

    @Test
    void useThatOutlivesItsAuthorizationIsClosedBeforeItIsDeleted() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var gate = fixture.signer.block();
        var calls = new Calls();
        var call = calls.start(() -> journal.use(ask(authorization, ONE)));
        fixture.signer.awaitEntered();
        fixture.clock.move(Duration.ofMinutes(5));
        var expiry = new Expiry(fixture.store, fixture.clock);
        expiry.step();
        assertThat(fixture.state(authorization, ONE)).isInstanceOf(DigestRow.Used.class);
        assertThat(fixture.reread(authorization).opening()).isNull();
        gate.countDown();
        assertThat(call.get()).hasSize(1);
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        fixture.clock.move(Duration.ofMinutes(14));
        expiry.step();
        assertThat(fixture.reread(authorization).number()).isEqualTo(authorization.number());
        fixture.clock.move(Duration.ofMinutes(1));
        expiry.step();
        try (var reader = fixture.store.read()) {
            assertThat(reader.authorization(authorization.number())).isNull();
            assertThat(reader.digests(authorization.number())).isEmpty();
        }
        assertThat(fixture.records(Outcome.class)).hasSize(1);
    }

    @Test
    void clockThatIsSetBackRevivesNothing() throws Exception {
        var wanted = fixture.wanted("intent", List.of(Samples.digest("one")));
        var authorization = journal.authorize(wanted, JournalFixture.NO_GUARD);
        var first = journal.use(ask(authorization, ONE));
        fixture.awaitState(DigestRow.Signed.class, authorization, ONE);
        fixture.clock.move(Duration.ofMinutes(10));
        assertThat(new Expiry(fixture.store, fixture.clock).step()).isFalse();
        fixture.clock.move(Duration.ofMinutes(-10));
        var again = journal.authorize(wanted, JournalFixture.NO_GUARD);
        assertThat(again.number()).isEqualTo(authorization.number());
        assertThat(journal.use(ask(again, ONE))).isEqualTo(first);
        assertThat(fixture.signer.signings(ONE)).isEqualTo(1);
    }

    @Tag("slow")
    @Test
    void callerWaitsNoLongerThanFiveSeconds() throws Exception {
        var authorization = fixture.authorize(journal, Samples.digest("one"));
        var gate = fixture.signer.block();
        assertRefused(FailureKind.BUSY, () -> journal.use(ask(authorization, ONE)));
        gate.countDown();
        assertThat(journal.use(ask(authorization, ONE))).hasSize(1);
        assertThat(fixture.signer.signings(ONE)).isEqualTo(1);
    }

    @Tag("slow")
    @Test
    void largestRequestIsServed() throws Exception {
        var digests = new NewDigest[4_000];
        var values = new Bytes[digests.length];
        for (int i = 0; i < digests.length; i++) {
            digests[i] = Samples.digest("digest " + i);
            values[i] = digests[i].value();
        }
        var authorization = fixture.authorize(journal, digests);
        var signatures = journal.use(ask(authorization, values));
        assertThat(signatures).hasSize(digests.length).doesNotHaveDuplicates();
        assertThat(journal.use(ask(authorization, values))).isEqualTo(signatures);
    }

    @Test
    void requestsMustMakeSense() {
        assertThatThrownBy(() -> new UseRequest(1, CREDENTIAL, SENDER, ECDSA, List.of(), null))
                .isInstanceOf(IllegalArgumentException.class);
        var otherKey = Samples.key(Samples.credential(2));
        assertThatThrownBy(
                        () -> new UseRequest(1, CREDENTIAL, SENDER, ECDSA, List.of(ONE), otherKey))
                .isInstanceOf(IllegalArgumentException.class);
        var twice = List.of(Samples.digest("one"), Samples.digest("one"));
        assertThatThrownBy(() -> fixture.wanted("intent", twice))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> fixture.wanted("intent", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
