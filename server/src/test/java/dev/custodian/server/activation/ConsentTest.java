package dev.custodian.server.activation;

import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.Change;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.server.journal.JournalVerification;
import dev.custodian.server.store.ConsentRow;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.DeviceRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// FORMATS §6: approval given ahead, and what stands under it.
class ConsentTest {
    private static final String SUBJECT = "ssh (pid 4711), session 7 since 12:00";
    private static final String HASH = Scheme.ECDSA_SHA256.hash().oid();

    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;
    private Id login;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        ada = rig.enrol();
        login = rig.credential(ada.owner, Custody.OWNER_SEALED, Purpose.LOGIN);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    // helpers

    private static void refused(FailureKind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    private Matter.Consent terms(int count) {
        return terms(login, Purpose.LOGIN, count, Duration.ofMinutes(10));
    }

    private Matter.Consent terms(Id credential, Purpose purpose, int count, Duration life) {
        return new Matter.Consent(
                credential, purpose, count, rig.clock.instant().plus(life), SUBJECT);
    }

    private Consents.Request ask(Matter.Consent terms) throws Exception {
        return ask(Rig.PIN, terms, intent -> intent);
    }

    private Consents.Request ask(String pin, Matter.Consent terms, UnaryOperator<Intent> change)
            throws Exception {
        var nonce = rig.module.challenges().issue(ada.owner.text(), "consent");
        var honest = ada.intent(new Approver.OnDevice(ada.owner, ada.device), nonce, terms);
        var octets = change.apply(honest).encode();
        return new Consents.Request(
                ada.caller(),
                terms.credential(),
                ada.jws(octets, ada.device.text()),
                ada.sealed(octets, pin, rig.random(32)));
    }

    private Consents.Granted grant(int count) throws Exception {
        return rig.module.consents().grant(ask(terms(count)));
    }

    private AuthorizeRequest under(ConsentSecret secret, Bytes... digests) throws Exception {
        return under(ada, secret, Purpose.LOGIN, List.of(Shown.subject(SUBJECT)), login, digests);
    }

    private AuthorizeRequest under(
            Rig.Agent agent,
            ConsentSecret secret,
            Purpose purpose,
            List<Shown> shown,
            Id credential,
            Bytes... digests)
            throws Exception {
        var listed = new ArrayList<Matter.Digest>();
        List.of(digests).forEach(value -> listed.add(new Matter.Digest(value, "")));
        var nonce = rig.module.challenges().issue(agent.owner.text(), "sign");
        var now = rig.clock.instant();
        var intent =
                new Intent(
                                Rig.THUMBPRINT,
                                new Approver.OnDevice(agent.owner, agent.device),
                                nonce,
                                now,
                                now.plusSeconds(240),
                                shown,
                                new Matter.Sign(credential, purpose, HASH, listed))
                        .encode();
        return new AuthorizeRequest(
                agent.caller(),
                credential,
                digests.length,
                List.of(digests),
                HASH,
                agent.jws(intent, agent.device.text()),
                new SecondProof.OfConsent(secret));
    }

    private ConsentRow row(Id consent) throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.consents().find(consent));
        }
    }

    private List<JournalRecord> records(Id chain) throws Exception {
        var records = new ArrayList<JournalRecord>();
        for (var one : rig.journal.since(chain, 0, 1000, 0).records()) {
            records.add(JournalRecord.parse(one.record()));
        }
        return records;
    }

    private DeviceRow device() throws Refused {
        try (var reader = rig.store.read()) {
            return Objects.requireNonNull(reader.device(ada.device));
        }
    }

    private static ConsentRow with(ConsentRow row, int count, int remaining, Duration more) {
        return new ConsentRow(
                row.id(),
                row.secret(),
                row.owner(),
                row.credential(),
                row.version(),
                row.device(),
                row.purpose(),
                row.subject(),
                count,
                remaining,
                row.expires().plus(more),
                row.revoked(),
                row.level(),
                row.opening());
    }

    // granting

    @Test
    void wrongPinGivesNoConsentAndIsCounted() throws Exception {
        var request = ask("000000", terms(3), intent -> intent);
        refused(FailureKind.FACTORS_REFUSED, () -> rig.module.consents().grant(request));
        assertThat(device().tries()).isEqualTo(1);
        assertThat(rig.module.consents().list(ada.caller())).isEmpty();
    }

    @Test
    void documentHasNoConsentButForTwoSignaturesAtOnce() throws Exception {
        var document = rig.credential(ada.owner, Custody.OWNER_SEALED);
        var late = terms(document, Purpose.DOCUMENT, 2, Duration.ofMinutes(2).plusSeconds(1));
        refused(FailureKind.POLICY_REFUSED, () -> rig.module.consents().grant(ask(late)));
        var twice = ask(terms(document, Purpose.DOCUMENT, 2, Duration.ofMinutes(1)));
        assertThat(rig.module.consents().grant(twice).level()).isEqualTo(Level.BOUND);
        for (var purpose : List.of(Purpose.LOGIN, Purpose.CODE)) {
            var request = ask(terms(document, purpose, 1, Duration.ofMinutes(1)));
            refused(FailureKind.INTENT_MISMATCH, () -> rig.module.consents().grant(request));
        }
    }

    @Test
    void termsWithoutEndOrSubjectAreRefused() throws Exception {
        var endless = terms(login, Purpose.LOGIN, 1, Consents.LONGEST.plusSeconds(1));
        refused(FailureKind.POLICY_REFUSED, () -> rig.module.consents().grant(ask(endless)));
        var over = terms(login, Purpose.LOGIN, 1, Duration.ZERO);
        refused(FailureKind.CONSENT_EXPIRED, () -> rig.module.consents().grant(ask(over)));
        var end = rig.clock.instant().plusSeconds(60);
        for (var subject : List.of("", " ", "x".repeat(1025))) {
            var nobody = new Matter.Consent(login, Purpose.LOGIN, 1, end, subject);
            refused(FailureKind.MALFORMED_REQUEST, () -> rig.module.consents().grant(ask(nobody)));
        }
        assertThat(device().tries()).as("no PIN was looked at").isZero();
    }

    @Test
    void intentOfAnotherKindNonceOrDeviceIsRefused() throws Exception {
        var bob = rig.enrol();
        var nonces = rig.module.challenges();
        var sign =
                new Matter.Sign(
                        login, Purpose.LOGIN, HASH, List.of(new Matter.Digest(digest("a"), "")));
        changed(FailureKind.INTENT_EXPIRED, nonces.issue(ada.owner.text(), "sign"), null, null);
        changed(FailureKind.INTENT_EXPIRED, nonces.issue(bob.owner.text(), "consent"), null, null);
        changed(FailureKind.INTENT_MISMATCH, nonces.issue(ada.owner.text(), "sign"), sign, null);
        changed(
                FailureKind.INTENT_MISMATCH,
                nonces.issue(ada.owner.text(), "consent"),
                null,
                new Approver.OnDevice(bob.owner, bob.device));
    }

    private void changed(
            FailureKind kind, Bytes nonce, @Nullable Matter matter, @Nullable Approver approver)
            throws Exception {
        var request =
                ask(
                        Rig.PIN,
                        terms(1),
                        i ->
                                new Intent(
                                        i.server(),
                                        approver == null ? i.approver() : approver,
                                        nonce,
                                        i.iat(),
                                        i.exp(),
                                        i.shown(),
                                        matter == null ? i.matter() : matter));
        refused(kind, () -> rig.module.consents().grant(request));
    }

    @Test
    void sameIntentAgainGivesTheSameAnswer() throws Exception {
        var request = ask(terms(3));
        var first = rig.module.consents().grant(request);
        rig.module.activation().authorize(under(first.secret(), digest("a")));
        rig.clock.pass(Duration.ofSeconds(500));
        var again = rig.module.consents().grant(request);

        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.secret().expose()).isEqualTo(first.secret().expose());
        assertThat(row(first.id()).remaining()).as("not filled up again").isEqualTo(2);
        assertThat(rig.module.consents().list(ada.caller())).hasSize(1);
    }

    @Test
    void sameIntentByAnotherSenderIsRefused() throws Exception {
        var request = ask(terms(3));
        rig.module.consents().grant(request);
        var stolen =
                new Consents.Request(
                        ada.caller(),
                        login,
                        request.device(),
                        ada.sealed(intent(request), Rig.PIN, rig.random(32)));
        refused(FailureKind.FACTORS_REFUSED, () -> rig.module.consents().grant(stolen));
    }

    private static Bytes intent(Consents.Request request) throws Exception {
        return Bytes.fromBase64Url(request.device().split("\\.", -1)[1]);
    }

    @Test
    void intentOfAForgottenConsentGivesNoneAnew() throws Exception {
        var request = ask(terms(3));
        var granted = rig.module.consents().grant(request);
        rig.module.consents().forget(ada.caller(), granted.id());
        refused(FailureKind.CONSENT_REVOKED, () -> rig.module.consents().grant(request));
    }

    @Test
    void consentIsNamedByItsIntentAndJournalledWithItsEvidence() throws Exception {
        var request = ask(terms(3));
        var granted = rig.module.consents().grant(request);
        var approval = (Approval) records(login).getLast();

        assertThat(approval.intent()).isEqualTo(Hashes.sha256(intent(request)));
        assertThat(ConsentSecret.id(approval.intent())).isEqualTo(granted.id());
        assertThat(approval.evidence()).isEqualTo(Hashes.sha256(Bytes.utf8(request.device())));
        assertThat(approval.factors()).containsExactly("device", "pin");
        assertThat(approval.level()).isEqualTo(Level.BOUND);
        var report = JournalVerification.verify(rig.store, rig.checkpoints.verifier());
        assertThat(report.findings()).isEmpty();
    }

    // signing under it

    @Test
    void signsWithoutPinAndNamesTheConsent() throws Exception {
        var granted = grant(2);
        ada.share = rig.random(32);
        var authorized = rig.module.activation().authorize(under(granted.secret(), digest("a")));

        assertThat(ada.sign(login, authorized, digest("a"))).hasSize(1);
        assertThat(authorized.level()).isEqualTo(Level.BOUND);
        var approvals =
                records(login).stream()
                        .filter(Approval.class::isInstance)
                        .map(Approval.class::cast)
                        .toList();
        assertThat(approvals).hasSize(2);
        assertThat(approvals.getLast().factors()).containsExactly("device", granted.id().text());
    }

    @Test
    void managedCredentialIsSignedWithUnderAConsentToo() throws Exception {
        var managed = rig.credential(ada.owner, Custody.MANAGED, Purpose.CODE);
        var terms = terms(managed, Purpose.CODE, 1, Duration.ofMinutes(1));
        var granted = rig.module.consents().grant(ask(terms));
        var shown = List.of(Shown.subject(SUBJECT));
        var authorized =
                rig.module
                        .activation()
                        .authorize(
                                under(
                                        ada,
                                        granted.secret(),
                                        Purpose.CODE,
                                        shown,
                                        managed,
                                        digest("a")));
        assertThat(ada.sign(managed, authorized, digest("a"))).hasSize(1);
    }

    @Test
    void hundredAtOnceUnderAConsentForTenGiveTen() throws Exception {
        var secret = grant(10).secret();
        var requests = new ArrayList<AuthorizeRequest>();
        for (int i = 0; i < 100; i++) {
            requests.add(under(secret, digest("digest " + i)));
        }
        int authorized = 0;
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            var pending = new ArrayList<Future<Authorized>>();
            for (var request : requests) {
                pending.add(pool.submit(() -> rig.module.activation().authorize(request)));
            }
            for (var one : pending) {
                try {
                    one.get();
                    authorized++;
                } catch (ExecutionException e) {
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(
                                    Refused.class,
                                    refused ->
                                            assertThat(refused.kind())
                                                    .isEqualTo(FailureKind.CONSENT_USED_UP));
                }
            }
        }
        assertThat(authorized).isEqualTo(10);
        assertThat(records(login)).filteredOn(Approval.class::isInstance).hasSize(11);
        assertThat(rig.module.consents().list(ada.caller()).getFirst().remaining()).isZero();
    }

    @Test
    void consentsOfARemovedDeviceAreTakenBack() throws Exception {
        var secret = grant(5).secret();
        var late = under(secret, digest("late"));
        var phone = rig.join(ada);
        rig.module.changes().change(phone.change(ChangeKind.REMOVE_DEVICE, ada.device.text(), ""));
        refused(FailureKind.NOT_AUTHENTICATED, () -> ada.authorize(late));
        try (var reader = rig.store.read()) {
            assertThat(reader.consents().of(ada.device))
                    .hasSize(1)
                    .allMatch(row -> row.revoked() && row.opening() == null);
        }
    }

    /// The locks of one node do not count them, the transaction does: other nodes have locks of
    /// their own.
    @Test
    void twoNodesAtOnceSpendNoMoreThanThereIs() throws Exception {
        // each request has a secret of its own, as each comes over the wire
        var secret = grant(3).secret().expose();
        var other = rig.restarted();
        var requests = new ArrayList<AuthorizeRequest>();
        for (int i = 0; i < 12; i++) {
            requests.add(under(ConsentSecret.parse(secret), digest("digest " + i)));
        }
        int authorized = 0;
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            var pending = new ArrayList<Future<Authorized>>();
            for (int i = 0; i < requests.size(); i++) {
                var request = requests.get(i);
                var activation = (i % 2 == 0 ? rig.module : other).activation();
                pending.add(pool.submit(() -> activation.authorize(request)));
            }
            for (var one : pending) {
                try {
                    one.get();
                    authorized++;
                } catch (ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(Refused.class);
                }
            }
        }
        assertThat(authorized).isEqualTo(3);
    }

    @Test
    void batchIsTakenWholeOrNotAtAll() throws Exception {
        var granted = grant(3);
        var activation = rig.module.activation();
        activation.authorize(under(granted.secret(), digest("a"), digest("b")));
        refused(
                FailureKind.CONSENT_USED_UP,
                () -> activation.authorize(under(granted.secret(), digest("c"), digest("d"))));
        assertThat(row(granted.id()).remaining()).isEqualTo(1);
        activation.authorize(under(granted.secret(), digest("e")));
        refused(
                FailureKind.CONSENT_USED_UP,
                () -> activation.authorize(under(granted.secret(), digest("f"))));
    }

    @Test
    void repeatCostsNothingAndGivesTheSameSad() throws Exception {
        var granted = grant(1);
        var request = under(granted.secret(), digest("a"));
        var first = rig.module.activation().authorize(request);
        for (int i = 0; i < 3; i++) {
            var again = rig.module.activation().authorize(request);
            assertThat(again.sad().expose()).isEqualTo(first.sad().expose());
        }
        assertThat(row(granted.id()).remaining()).isZero();
        assertThat(ada.sign(login, first, digest("a"))).hasSize(1);
    }

    @Test
    void expiredConsentIsRefused() throws Exception {
        var granted = grant(3);
        rig.clock.pass(Duration.ofMinutes(10));
        refused(
                FailureKind.CONSENT_EXPIRED,
                () -> rig.module.activation().authorize(under(granted.secret(), digest("a"))));
        assertThat(rig.module.consents().list(ada.caller())).isEmpty();
    }

    @Test
    void forgottenConsentIsRefusedAndJournalledOnce() throws Exception {
        var granted = grant(3);
        rig.module.consents().forget(ada.caller(), granted.id());
        rig.module.consents().forget(ada.caller(), granted.id());
        refused(
                FailureKind.CONSENT_REVOKED,
                () -> rig.module.activation().authorize(under(granted.secret(), digest("a"))));
        assertThat(row(granted.id()).opening()).isNull();
        assertThat(rig.module.consents().list(ada.caller())).isEmpty();
        assertThat(records(login))
                .filteredOn(r -> r instanceof Change c && c.what().equals("consent-forgotten"))
                .hasSize(1);
    }

    @Test
    void removedDeviceSignsUnderNoConsent() throws Exception {
        var granted = grant(3);
        var device = device();
        rig.journal.write(
                (tx, _) -> {
                    tx.updateDevice(
                            new DeviceRow(
                                    device.id(),
                                    device.owner(),
                                    device.slot(),
                                    device.name(),
                                    device.spki(),
                                    device.sharePublic(),
                                    device.slotBox(),
                                    DeviceRow.State.REMOVED,
                                    0,
                                    device.notBefore(),
                                    device.created()));
                    return true;
                });
        refused(
                FailureKind.NOT_AUTHENTICATED,
                () -> rig.module.activation().authorize(under(granted.secret(), digest("a"))));
    }

    @Test
    void changedCredentialEndsItsConsents() throws Exception {
        var granted = grant(3);
        CredentialRow c;
        try (var reader = rig.store.read()) {
            c = Objects.requireNonNull(reader.credential(login));
        }
        var changed = Rig.newVersion(c);
        rig.journal.write(
                (tx, _) -> {
                    tx.updateCredential(changed);
                    return true;
                });
        refused(
                FailureKind.CONSENT_REVOKED,
                () -> rig.module.activation().authorize(under(granted.secret(), digest("a"))));
    }

    @Test
    void anotherDevicesOrCredentialsConsentLooksLikeNone() throws Exception {
        var granted = grant(3);
        var shown = List.of(Shown.subject(SUBJECT));
        var bob = rig.enrol();
        var bobs = rig.credential(bob.owner, Custody.OWNER_SEALED, Purpose.LOGIN);
        var other = rig.credential(ada.owner, Custody.OWNER_SEALED, Purpose.LOGIN);
        var activation = rig.module.activation();
        refused(
                FailureKind.CONSENT_UNKNOWN,
                () ->
                        activation.authorize(
                                under(
                                        bob,
                                        granted.secret(),
                                        Purpose.LOGIN,
                                        shown,
                                        bobs,
                                        digest("a"))));
        refused(
                FailureKind.CONSENT_UNKNOWN,
                () ->
                        activation.authorize(
                                under(
                                        ada,
                                        granted.secret(),
                                        Purpose.LOGIN,
                                        shown,
                                        other,
                                        digest("a"))));
        var guess = ConsentSecret.parse(rig.random(32).base64Url());
        refused(FailureKind.CONSENT_UNKNOWN, () -> activation.authorize(under(guess, digest("a"))));
        refused(
                FailureKind.CONSENT_UNKNOWN,
                () -> rig.module.consents().forget(bob.caller(), granted.id()));
        assertThat(rig.module.consents().list(bob.caller())).isEmpty();
        assertThat(row(granted.id()).remaining()).isEqualTo(3);
    }

    @Test
    void intentThatNamesAnotherSubjectOrNoneIsRefused() throws Exception {
        var secret = grant(3).secret();
        var right = Shown.subject(SUBJECT);
        var wrong = Shown.subject("bash, session 8");
        var computed = new Shown("subject", SUBJECT, Shown.Source.COMPUTED);
        for (var shown :
                List.<List<Shown>>of(
                        List.of(), List.of(wrong), List.of(right, wrong), List.of(computed))) {
            var request = under(ada, secret, Purpose.LOGIN, shown, login, digest("a"));
            refused(FailureKind.INTENT_MISMATCH, () -> rig.module.activation().authorize(request));
        }
        var host = new Shown("host", "example.org", Shown.Source.REPORTED);
        var request = under(ada, secret, Purpose.LOGIN, List.of(right, host), login, digest("a"));
        assertThat(rig.module.activation().authorize(request).level()).isEqualTo(Level.BOUND);
    }

    @Test
    void secretWithoutTheDevicesSignatureIsWorthless() throws Exception {
        var secret = grant(3).secret();
        var eve = rig.new Agent();
        eve.owner = ada.owner;
        eve.device = ada.device;
        var request =
                under(
                        eve,
                        secret,
                        Purpose.LOGIN,
                        List.of(Shown.subject(SUBJECT)),
                        login,
                        digest("a"));
        refused(FailureKind.FACTORS_REFUSED, () -> rig.module.activation().authorize(request));
    }

    @Test
    void rowWhoseTermsWereChangedIsNoticed() throws Exception {
        var granted = grant(3);
        var row = row(granted.id());
        for (var changed :
                List.of(
                        with(row, 30, 30, Duration.ZERO),
                        with(row, 3, 30, Duration.ZERO),
                        with(row, 3, 3, Duration.ofHours(1)))) {
            rig.journal.write(
                    (tx, _) -> {
                        tx.consents().deleteExpired(rig.clock.instant().plusSeconds(99_999), 9);
                        tx.consents().insert(changed);
                        return true;
                    });
            refused(
                    FailureKind.TAMPERED,
                    () -> rig.module.activation().authorize(under(granted.secret(), digest("a"))));
        }
    }

    @Test
    void nothingPrintsTheSecret() throws Exception {
        var granted = grant(1);
        var text = granted.secret().expose();
        assertThat(
                        granted.toString()
                                + row(granted.id())
                                + new SecondProof.OfConsent(granted.secret())
                                + under(granted.secret(), digest("a")))
                .doesNotContain(text);
    }
}
