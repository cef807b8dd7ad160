package dev.custodian.server.activation;

import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.credential.Registrar;
import dev.custodian.server.owner.Invitations;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActivationTest {
    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;
    private Id credential;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        ada = rig.enrol();
        credential = rig.credential(ada.owner, Custody.OWNER_SEALED);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void labelThatIsNoCertificateRequestIsRefused() throws Exception {
        for (var der : List.of("3003020100", "3000", "0500", "30050201003000", "0101ff")) {
            var octets = Bytes.fromHex(der);
            var digest = Hashes.sha256(octets);
            var matter =
                    new Matter.Sign(
                            credential,
                            Purpose.CERTIFICATE_REQUEST,
                            HashAlgorithm.SHA256.oid(),
                            List.of(new Matter.Digest(digest, octets.base64Url())));
            var request =
                    ada.request(
                            Rig.PIN,
                            credential,
                            List.of(digest),
                            honest ->
                                    new Intent(
                                            honest.server(),
                                            honest.approver(),
                                            honest.nonce(),
                                            honest.iat(),
                                            honest.exp(),
                                            honest.shown(),
                                            matter));
            refused(FailureKind.INTENT_MISMATCH, () -> ada.authorize(request));
        }
    }

    @Test
    void moreDigestsThanOneApprovalCoversAreRefusedAtOnce() throws Exception {
        var authorized = ada.authorize(ada.request(credential, digest("one")));
        var many = new Bytes[Matter.MOST + 1];
        Arrays.setAll(many, i -> digest("unknown " + i));
        refused(FailureKind.MALFORMED_REQUEST, () -> ada.sign(credential, authorized, many));
    }

    @Test
    void chainThatDoesNotHoldTogetherIsRefused() throws Exception {
        var made =
                rig.registrar.create(
                        new Registrar.Order(
                                ada.owner,
                                Purpose.DOCUMENT,
                                Custody.OWNER_SEALED,
                                KeyAlgorithm.P256,
                                new Policy(Level.BOUND, 100),
                                "CN=Ada"));
        var certificate = rig.certificate(made.request());
        var stranger = rig.certificate(made.request());
        refused(FailureKind.USAGE, () -> rig.registrar.certify(List.of(certificate, stranger)));
        assertThat(rig.registrar.certify(List.of(certificate))).isEqualTo(made.credential());
    }

    private static void refused(FailureKind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    private int tries() throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.device(ada.device)).tries();
        }
    }

    /// Runs `calls` at once; results and refusals together.
    private static List<Object> atOnce(int count, Callable<Object> call) throws Exception {
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = new ArrayList<Future<Object>>();
            for (int i = 0; i < count; i++) {
                futures.add(pool.submit(call));
            }
            var results = new ArrayList<Object>();
            for (var future : futures) {
                try {
                    results.add(future.get());
                } catch (ExecutionException e) {
                    results.add(((Refused) Objects.requireNonNull(e.getCause())).kind());
                }
            }
            return results;
        }
    }

    // what works

    @Test
    void approvedDigestsAreSignedOnceEach() throws Exception {
        var a = digest("a");
        var b = digest("b");
        var authorized = ada.authorize(ada.request(credential, a, b));
        var first = ada.sign(credential, authorized, b, a);
        assertThat(ada.sign(credential, authorized, a, b)).isEqualTo(first.reversed());
        assertThat(rig.signings).hasValue(1);
    }

    @Test
    void sameRequestAHundredTimesAtOnceGivesOneAuthorization() throws Exception {
        var request = ada.request(credential, digest("a"));
        var sads = new HashSet<Object>();
        for (var result : atOnce(100, () -> ada.authorize(request).sad().expose())) {
            sads.add(result);
        }
        assertThat(sads).hasSize(1);
        assertThat(tries()).isZero();
    }

    @Test
    void sameSignHashAHundredTimesAtOnceSignsOnce() throws Exception {
        var authorized = ada.authorize(ada.request(credential, digest("a")));
        var results =
                new HashSet<>(atOnce(100, () -> ada.sign(credential, authorized, digest("a"))));
        assertThat(results).hasSize(1);
        assertThat(rig.signings).hasValue(1);
    }

    @Test
    void managedCredentialIsSignedWithToo() throws Exception {
        var managed = rig.credential(ada.owner, Custody.MANAGED);
        var authorized = ada.authorize(ada.request(managed, digest("a")));
        assertThat(ada.sign(managed, authorized, digest("a"))).hasSize(1);
    }

    @Test
    void repeatAfterAnEnrolmentWhoseAnswerWasLostGivesTheSameAnswer() throws Exception {
        var invitation =
                new Invitations(rig.journal, rig.clock, rig.random)
                        .invite(URI.create("https://s.example"), Rig.THUMBPRINT, "Bob");
        var bob = rig.new Agent();
        var request = bob.enrolment(invitation, "4711");
        var answer = rig.module.enrolment().enrol(request);
        assertThat(rig.module.enrolment().enrol(request)).isEqualTo(answer);
        var eve = rig.new Agent();
        refused(
                FailureKind.INVITATION_REFUSED,
                () -> rig.module.enrolment().enrol(eve.enrolment(invitation, "4711")));
    }

    @Test
    void invitationThatIsTooOldIsRefused() throws Exception {
        var invitation =
                new Invitations(rig.journal, rig.clock, rig.random)
                        .invite(URI.create("https://s.example"), Rig.THUMBPRINT, "Bob");
        rig.clock.pass(Duration.ofHours(24));
        var bob = rig.new Agent();
        refused(
                FailureKind.INVITATION_REFUSED,
                () -> rig.module.enrolment().enrol(bob.enrolment(invitation, "4711")));
    }

    // the PIN

    @Test
    void wrongPinIsCountedDelayedAndAtLastLocksTheDevice() throws Exception {
        for (int i = 1; i <= 3; i++) {
            var wrong = ada.request("000000", credential, digest("a" + i));
            refused(FailureKind.FACTORS_REFUSED, () -> ada.authorize(wrong));
            assertThat(tries()).isEqualTo(i);
        }
        var early = ada.request(credential, digest("early"));
        refused(FailureKind.FACTORS_DELAYED, () -> ada.authorize(early));
        assertThat(tries()).isEqualTo(3);
        for (int i = 4; i <= 5; i++) {
            rig.clock.pass(Duration.ofMinutes(5));
            var wrong = ada.request("000000", credential, digest("a" + i));
            refused(FailureKind.FACTORS_REFUSED, () -> ada.authorize(wrong));
        }
        rig.clock.pass(Duration.ofHours(2));
        var right = ada.request(credential, digest("late"));
        refused(FailureKind.DEVICE_LOCKED, () -> ada.authorize(right));
    }

    @Test
    void rightPinStartsTheCountAnew() throws Exception {
        var wrong = ada.request("000000", credential, digest("a"));
        refused(FailureKind.FACTORS_REFUSED, () -> ada.authorize(wrong));
        ada.authorize(ada.request(credential, digest("b")));
        assertThat(tries()).isZero();
    }

    @Test
    void aHundredWrongPinsAtOnceAreNoMoreTriesThanTheCounterAllows() throws Exception {
        var results =
                atOnce(
                        100,
                        () -> {
                            var digest = rig.random(32);
                            return ada.authorize(ada.request("000000", credential, digest));
                        });
        assertThat(results.stream().filter(FailureKind.FACTORS_REFUSED::equals).count())
                .isBetween(1L, (long) Tickets.TRIES);
        assertThat(results).doesNotHaveAnyElementsOfTypes(Authorized.class);
        assertThat(tries()).isBetween(3, Tickets.TRIES);
    }

    @Test
    void strangerWithoutTheDeviceKeyOrTheShareMovesNoCounter() throws Exception {
        var stranger = rig.new Agent();
        stranger.owner = ada.owner;
        stranger.device = ada.device;
        stranger.share = ada.share;
        var forged = stranger.request("000000", credential, digest("a"));
        refused(FailureKind.FACTORS_REFUSED, () -> stranger.authorize(forged));
        ada.share = rig.random(32);
        var shareless = ada.request("000000", credential, digest("b"));
        refused(FailureKind.FACTORS_REFUSED, () -> ada.authorize(shareless));
        assertThat(tries()).isZero();
    }

    // the intent

    private void changed(FailureKind kind, UnaryOperator<Intent> change) throws Exception {
        var request = ada.request(Rig.PIN, credential, List.of(digest("a")), change);
        refused(kind, () -> ada.authorize(request));
        assertThat(tries()).isZero();
    }

    private static Intent with(Intent i, Approver approver, Bytes nonce, Matter matter) {
        return new Intent(i.server(), approver, nonce, i.iat(), i.exp(), i.shown(), matter);
    }

    @Test
    void intentForAnotherServerIsRefused() throws Exception {
        changed(
                FailureKind.INTENT_MISMATCH,
                i ->
                        new Intent(
                                Hashes.sha256(Bytes.utf8("other")),
                                i.approver(),
                                i.nonce(),
                                i.iat(),
                                i.exp(),
                                i.shown(),
                                i.matter()));
    }

    @Test
    void intentWithANonceOfAnotherOwnerOrKindIsRefused() throws Exception {
        var bob = rig.enrol();
        var nonces = rig.module.challenges();
        changed(
                FailureKind.INTENT_EXPIRED,
                i -> with(i, i.approver(), nonces.issue(bob.owner.text(), "sign"), i.matter()));
        changed(
                FailureKind.INTENT_EXPIRED,
                i -> with(i, i.approver(), nonces.issue(ada.owner.text(), "change"), i.matter()));
    }

    @Test
    void intentOfAnotherApproverIsRefused() throws Exception {
        var bob = rig.enrol();
        changed(
                FailureKind.INTENT_MISMATCH,
                i -> with(i, new Approver.OnDevice(bob.owner, bob.device), i.nonce(), i.matter()));
        changed(
                FailureKind.INTENT_MISMATCH,
                i -> with(i, new Approver.Elsewhere(ada.owner), i.nonce(), i.matter()));
    }

    @Test
    void intentForOtherDigestsCredentialOrPurposeIsRefused() throws Exception {
        var other = rig.credential(ada.owner, Custody.OWNER_SEALED);
        var hash = HashAlgorithm.SHA256.oid();
        var a = new Matter.Digest(digest("a"), "");
        var b = new Matter.Digest(digest("b"), "");
        var matters =
                List.of(
                        new Matter.Sign(credential, Purpose.DOCUMENT, hash, List.of(b)),
                        new Matter.Sign(credential, Purpose.DOCUMENT, hash, List.of(a, b)),
                        new Matter.Sign(other, Purpose.DOCUMENT, hash, List.of(a)),
                        new Matter.Sign(credential, Purpose.LOGIN, hash, List.of(a)),
                        new Matter.Sign(credential, Purpose.DOCUMENT, "", List.of(a)));
        for (var matter : matters) {
            changed(FailureKind.INTENT_MISMATCH, i -> with(i, i.approver(), i.nonce(), matter));
        }
    }

    @Test
    void intentAfterItsExpiryIsRefused() throws Exception {
        var request = ada.request(credential, digest("a"));
        rig.clock.pass(Duration.ofSeconds(241));
        refused(FailureKind.INTENT_EXPIRED, () -> ada.authorize(request));
    }

    @Test
    void factorsSealedForAnotherIntentAreRefused() throws Exception {
        var one = ada.request(credential, digest("a"));
        var two = ada.request(credential, digest("b"));
        var mixed =
                new AuthorizeRequest(
                        one.caller(),
                        credential,
                        1,
                        one.digests(),
                        one.hashOid(),
                        one.device(),
                        two.second());
        refused(FailureKind.FACTORS_REFUSED, () -> ada.authorize(mixed));
        assertThat(tries()).isZero();
    }

    @Test
    void approvalOfAnotherDeviceIsRefused() throws Exception {
        var bob = rig.enrol();
        var request = ada.request(credential, digest("a"));
        var stolen =
                new AuthorizeRequest(
                        bob.caller(),
                        credential,
                        1,
                        request.digests(),
                        request.hashOid(),
                        request.device(),
                        request.second());
        refused(FailureKind.CREDENTIAL_UNKNOWN, () -> bob.authorize(stolen));
    }

    @Test
    void anotherOwnersCredentialLooksLikeNone() throws Exception {
        var bob = rig.enrol();
        var request = bob.request(credential, digest("a"));
        refused(FailureKind.CREDENTIAL_UNKNOWN, () -> bob.authorize(request));
        var none = bob.request(Id.of(Id.Kind.CREDENTIAL, rig.random(16)), digest("a"));
        refused(FailureKind.CREDENTIAL_UNKNOWN, () -> bob.authorize(none));
    }

    // signing

    @Test
    void sadOfAnotherSenderOrCredentialIsRefusedLikeAnUnknownOne() throws Exception {
        var other = rig.credential(ada.owner, Custody.OWNER_SEALED);
        var authorized = ada.authorize(ada.request(credential, digest("a")));
        var bob = rig.enrol();
        refused(FailureKind.SAD_UNKNOWN, () -> bob.sign(credential, authorized, digest("a")));
        refused(FailureKind.SAD_UNKNOWN, () -> ada.sign(other, authorized, digest("a")));
        assertThat(ada.sign(credential, authorized, digest("a"))).hasSize(1);
    }

    @Test
    void digestThatWasNotApprovedIsRefusedWithAllOthersOfItsRequest() throws Exception {
        var authorized = ada.authorize(ada.request(credential, digest("a")));
        refused(
                FailureKind.DIGEST_NOT_AUTHORIZED,
                () -> ada.sign(credential, authorized, digest("a"), digest("b")));
        assertThat(rig.signings).hasValue(0);
        assertThat(ada.sign(credential, authorized, digest("a"))).hasSize(1);
    }

    @Test
    void expiredSadIsRefused() throws Exception {
        var authorized = ada.authorize(ada.request(credential, digest("a")));
        rig.clock.pass(Duration.ofMinutes(5));
        refused(FailureKind.SAD_EXPIRED, () -> ada.sign(credential, authorized, digest("a")));
    }

    @Test
    void databaseAloneDoesNotHoldTheOpening() throws Exception {
        var authorized = ada.authorize(ada.request(credential, digest("a")));
        try (var reader = rig.store.read()) {
            var row = Objects.requireNonNull(reader.authorizationBySad(authorized.sad().hash()));
            var inner = Objects.requireNonNull(reader.credential(credential)).key();
            assertThat(Objects.requireNonNull(row.opening()).sealed().hex())
                    .doesNotContain(inner.slice(32, 64).hex());
        }
        ada.sign(credential, authorized, digest("a"));
        Awaitility.await()
                .until(
                        () -> {
                            try (var reader = rig.store.read()) {
                                return Objects.requireNonNull(
                                                        reader.authorizationBySad(
                                                                authorized.sad().hash()))
                                                .opening()
                                        == null;
                            }
                        });
    }
}
