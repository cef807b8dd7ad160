package dev.custodian.server.journal;

import static dev.custodian.server.journal.JournalFixture.CREDENTIAL;
import static dev.custodian.server.journal.JournalFixture.ECDSA;
import static dev.custodian.server.journal.JournalFixture.SENDER;
import static dev.custodian.server.journal.JournalFixture.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.DigestRow;
import dev.custodian.server.store.Samples;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the requests of one batch get, by FORMATS §5.
class DecisionTest {
    private static final Bytes ONE = Samples.hash("one");
    private static final Bytes TWO = Samples.hash("two");
    private static final Bytes THREE = Samples.hash("three");
    private static final Bytes SIGNATURE = Samples.hash("signature");
    private static final SignatureScheme PSS = SignatureScheme.of(Scheme.RSA_PSS_SHA256);
    private static final SignatureScheme PSS20 = new SignatureScheme(Scheme.RSA_PSS_SHA256, 20);
    private static final long FIRST = 1;
    private static final long SECOND = 2;

    private final Map<Long, RunningUse> running = new HashMap<>();
    private final Decision decision = new Decision(Samples.NOW, running);

    private static AuthorizationRow authorization(long number, Instant expires) {
        return new AuthorizationRow(
                number,
                Samples.id(Id.Kind.AUTHORIZATION, (int) number),
                Samples.hash("intent " + number),
                Samples.hash("sad " + number),
                Samples.owner(1),
                CREDENTIAL,
                SENDER,
                Level.BOUND,
                List.of(),
                7,
                expires,
                Samples.opening("opening"));
    }

    private static DigestRow row(
            long authorization, Bytes value, @Nullable HashAlgorithm hash, DigestRow.State state) {
        return new DigestRow(authorization, value, hash, state);
    }

    private static DigestRow free(long authorization, Bytes value) {
        return row(authorization, value, HashAlgorithm.SHA256, new DigestRow.Free());
    }

    private static DigestRow first(Bytes value, DigestRow.State state) {
        return row(FIRST, value, HashAlgorithm.SHA256, state);
    }

    private void load(DigestRow... rows) {
        decision.load(authorization(FIRST, Samples.NOW.plusSeconds(1)), List.of(rows));
    }

    private static UseRequest ask(SignatureScheme how, Bytes... digests) {
        return ask(FIRST, how, digests);
    }

    private static UseRequest ask(long authorization, SignatureScheme how, Bytes... digests) {
        return new UseRequest(
                authorization, CREDENTIAL, SENDER, how, List.of(digests), Samples.key(CREDENTIAL));
    }

    private void refused(FailureKind kind, UseRequest request) {
        int before = decision.uses().size();
        assertRefused(kind, () -> decision.decide(request));
        assertThat(decision.uses()).hasSize(before);
    }

    private RunningUse use(int n) {
        return decision.uses().get(n);
    }

    @Test
    void freeDigestsBecomeOneUseInTheirOrder() throws Refused {
        load(free(FIRST, ONE), free(FIRST, TWO));
        var parts = decision.decide(ask(ECDSA, TWO, ONE, TWO));
        assertThat(decision.uses()).hasSize(1);
        assertThat(use(0).digests()).containsExactly(TWO, ONE);
        assertThat(use(0).scheme()).isEqualTo(ECDSA);
        assertThat(parts)
                .containsExactly(
                        new Part.Running(use(0), 0),
                        new Part.Running(use(0), 1),
                        new Part.Running(use(0), 0));
    }

    @Test
    void requestOfAnotherSenderOrCredentialOrForNothingIsRefusedAlike() {
        load(free(FIRST, ONE));
        var key = Samples.key(CREDENTIAL);
        var thief = Samples.device(2).text();
        refused(
                FailureKind.SAD_UNKNOWN,
                new UseRequest(FIRST, CREDENTIAL, thief, ECDSA, List.of(ONE), key));
        var other = Samples.credential(2);
        refused(
                FailureKind.SAD_UNKNOWN,
                new UseRequest(FIRST, other, SENDER, ECDSA, List.of(ONE), Samples.key(other)));
        refused(FailureKind.SAD_UNKNOWN, ask(SECOND, ECDSA, ONE));
    }

    @Test
    void authorizationIsOverAtItsEnd() throws Refused {
        decision.load(authorization(FIRST, Samples.NOW), List.of(free(FIRST, ONE)));
        refused(FailureKind.SAD_EXPIRED, ask(ECDSA, ONE));
        decision.load(authorization(SECOND, Samples.NOW.plusMillis(1)), List.of(free(SECOND, ONE)));
        assertThat(decision.decide(ask(SECOND, ECDSA, ONE))).hasSize(1);
    }

    @Test
    void oneDigestThatWasNotApprovedUsesUpNoOther() throws Refused {
        load(free(FIRST, ONE), free(FIRST, TWO));
        refused(FailureKind.DIGEST_NOT_AUTHORIZED, ask(ECDSA, ONE, THREE));
        refused(FailureKind.DIGEST_NOT_AUTHORIZED, ask(ECDSA, THREE));
        decision.decide(ask(ECDSA, ONE));
        assertThat(use(0).digests()).containsExactly(ONE);
    }

    @Test
    void digestOfAnotherAuthorizationIsNotApproved() throws Refused {
        load(free(FIRST, ONE));
        decision.load(
                authorization(SECOND, Samples.NOW.plusSeconds(1)), List.of(free(SECOND, TWO)));
        refused(FailureKind.DIGEST_NOT_AUTHORIZED, ask(ECDSA, TWO));
        refused(FailureKind.DIGEST_NOT_AUTHORIZED, ask(SECOND, ECDSA, ONE));
    }

    @Test
    void equalDigestsOfTwoAuthorizationsAreTwo() throws Refused {
        load(free(FIRST, ONE));
        decision.load(
                authorization(SECOND, Samples.NOW.plusSeconds(1)), List.of(free(SECOND, ONE)));
        decision.decide(ask(ECDSA, ONE));
        decision.decide(ask(SECOND, ECDSA, ONE));
        assertThat(decision.uses()).hasSize(2);
        assertThat(use(0).authorization().number()).isEqualTo(FIRST);
        assertThat(use(1).authorization().number()).isEqualTo(SECOND);
    }

    @Test
    void approvedHashIsTheSchemes() throws Refused {
        var sha384 = SignatureScheme.of(Scheme.ECDSA_SHA384);
        load(
                free(FIRST, ONE),
                row(FIRST, TWO, null, new DigestRow.Free()),
                row(FIRST, THREE, HashAlgorithm.SHA384, new DigestRow.Free()));
        refused(FailureKind.SCHEME_REFUSED, ask(sha384, ONE));
        refused(FailureKind.DIGEST_LENGTH, ask(sha384, TWO));
        refused(FailureKind.SCHEME_REFUSED, ask(ECDSA, THREE));
        assertThat(decision.decide(ask(ECDSA, ONE, TWO))).hasSize(2);
    }

    // two of one batch

    @Test
    void equalRequestsOfOneBatchAreOneUse() throws Refused {
        load(free(FIRST, ONE), free(FIRST, TWO));
        var one = decision.decide(ask(ECDSA, ONE, TWO));
        var two = decision.decide(ask(ECDSA, TWO, ONE));
        assertThat(decision.uses()).hasSize(1);
        assertThat(two).isEqualTo(one.reversed());
    }

    @Test
    void secondOfTheBatchTakesOnlyWhatIsLeft() throws Refused {
        load(free(FIRST, ONE), free(FIRST, TWO));
        decision.decide(ask(ECDSA, ONE));
        var parts = decision.decide(ask(ECDSA, TWO, ONE));
        assertThat(decision.uses()).hasSize(2);
        assertThat(use(1).digests()).containsExactly(TWO);
        assertThat(parts).containsExactly(new Part.Running(use(1), 0), new Part.Running(use(0), 0));
    }

    @Test
    void secondOfTheBatchWithAnotherSchemeIsRefused() throws Refused {
        load(free(FIRST, ONE), free(FIRST, TWO));
        decision.decide(ask(PSS, ONE));
        refused(FailureKind.DIGEST_NOT_AUTHORIZED, ask(PSS20, ONE));
        refused(FailureKind.DIGEST_NOT_AUTHORIZED, ask(PSS20, TWO, ONE));
        assertThat(decision.decide(ask(PSS, ONE))).hasSize(1);
    }

    // what was used before

    @Test
    void signedDigestIsAnsweredFromTheStoreUnderItsSchemeAlone() throws Refused {
        load(first(ONE, new DigestRow.Signed(5, PSS, SIGNATURE)));
        assertThat(decision.decide(ask(PSS, ONE))).containsExactly(new Part.Stored(SIGNATURE));
        refused(FailureKind.DIGEST_NOT_AUTHORIZED, ask(PSS20, ONE));
        assertThat(decision.uses()).isEmpty();
    }

    @Test
    void digestBeingSignedHereIsAwaitedUnderItsSchemeAlone() throws Refused {
        var authorization = authorization(FIRST, Samples.NOW.plusSeconds(1));
        var mine = new RunningUse(authorization, PSS, List.of(TWO, ONE), Samples.key(CREDENTIAL));
        running.put(5L, mine);
        load(first(ONE, new DigestRow.Used(5, 1, PSS)));
        assertThat(decision.decide(ask(PSS, ONE))).containsExactly(new Part.Running(mine, 1));
        refused(FailureKind.DIGEST_NOT_AUTHORIZED, ask(PSS20, ONE));
        assertThat(decision.uses()).isEmpty();
    }

    @Test
    void digestBeingSignedElsewhereIsNotSignedHere() throws Refused {
        load(first(ONE, new DigestRow.Used(5, 1, PSS)), free(FIRST, TWO));
        assertThat(decision.decide(ask(PSS, ONE))).containsExactly(new Part.Elsewhere());
        refused(FailureKind.DIGEST_NOT_AUTHORIZED, ask(PSS20, ONE));
        assertThat(decision.uses()).isEmpty();
    }

    @Test
    void digestWhoseFateNobodyKnowsIsNotSignedAgain() throws Refused {
        load(first(ONE, new DigestRow.Unknown(5, ECDSA)), free(FIRST, TWO));
        refused(FailureKind.OUTCOME_UNKNOWN, ask(ECDSA, ONE));
        refused(FailureKind.OUTCOME_UNKNOWN, ask(ECDSA, TWO, ONE));
        decision.decide(ask(ECDSA, TWO));
        assertThat(use(0).digests()).containsExactly(TWO);
    }

    @Test
    void withoutTheKeyOnlyWhatIsStoredIsGiven() throws Refused {
        load(first(ONE, new DigestRow.Signed(5, ECDSA, SIGNATURE)), free(FIRST, TWO));
        refused(FailureKind.SAD_EXPIRED, keyless(TWO));
        refused(FailureKind.SAD_EXPIRED, keyless(ONE, TWO));
        assertThat(decision.decide(keyless(ONE))).containsExactly(new Part.Stored(SIGNATURE));
    }

    private static UseRequest keyless(Bytes... digests) {
        return new UseRequest(FIRST, CREDENTIAL, SENDER, ECDSA, List.of(digests), null);
    }
}
