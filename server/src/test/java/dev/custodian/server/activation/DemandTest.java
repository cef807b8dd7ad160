package dev.custodian.server.activation;

import static dev.custodian.server.activation.Rig.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.credential.Registrar;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.Tx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a credential demands besides the right factors, and what may change while a PIN is hashed.
class DemandTest {
    @TempDir Path folder;

    private Rig rig;
    private Rig.Agent ada;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(folder);
        ada = rig.enrol();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private static void refused(FailureKind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    /// Refused before a factor is looked at: no try is counted.
    private void refused(FailureKind kind, AuthorizeRequest request) throws Refused {
        refused(kind, () -> ada.authorize(request));
        try (var reader = rig.store.read()) {
            assertThat(Objects.requireNonNull(reader.device(ada.device)).tries()).isZero();
            assertThat(
                            reader.authorizationByIntent(
                                    DeviceProof.parse(request.device()).intentHash()))
                    .isNull();
        }
    }

    private Registrar.Made make(Policy policy) throws Refused {
        return make(Purpose.DOCUMENT, policy);
    }

    private Registrar.Made make(Purpose purpose, Policy policy) throws Refused {
        return rig.registrar.create(
                new Registrar.Order(
                        ada.owner,
                        purpose,
                        Custody.OWNER_SEALED,
                        KeyAlgorithm.P256,
                        policy,
                        "CN=Ada"));
    }

    private Id certified(Policy policy) throws Exception {
        var made = make(policy);
        return rig.registrar.certify(List.of(rig.certificate(made.request())));
    }

    @Test
    void oneApprovalCoversAsManySignaturesAsThePolicySays() throws Exception {
        var credential = certified(new Policy(Level.BOUND, 2));
        refused(
                FailureKind.POLICY_REFUSED,
                ada.request(credential, digest("a"), digest("b"), digest("c")));
        assertThat(ada.authorize(ada.request(credential, digest("a"), digest("b"))).level())
                .isEqualTo(Level.BOUND);
    }

    @Test
    void credentialThatDemandsHardwareIsNotOpenedByASoftwareKey() throws Exception {
        var credential = certified(new Policy(Level.BOUND_HARDWARE, 1));
        refused(FailureKind.POLICY_REFUSED, ada.request(credential, digest("a")));
    }

    @Test
    void credentialWithoutACertificateSignsNothing() throws Exception {
        var credential = make(new Policy(Level.BOUND, 1)).credential();
        refused(FailureKind.CREDENTIAL_DISABLED, ada.request(credential, digest("a")));
    }

    @Test
    void loginsAndCodeNeedNoCertificate() throws Exception {
        for (var purpose : List.of(Purpose.LOGIN, Purpose.CODE)) {
            var credential = make(purpose, new Policy(Level.BOUND, 1)).credential();
            var digest = digest(purpose.text());
            var matter =
                    new Matter.Sign(
                            credential,
                            purpose,
                            ada.request(credential, digest).hashOid(),
                            List.of(new Matter.Digest(digest, "")));
            var request = ada.request(Rig.PIN, credential, List.of(digest), as(matter));
            assertThat(ada.authorize(request).level()).isEqualTo(Level.BOUND);
        }
    }

    @Test
    void credentialWithoutACertificateSignsItsCertificateRequest() throws Exception {
        var made = make(new Policy(Level.BOUND, 1));
        var info =
                Bytes.of(
                        new PKCS10CertificationRequest(made.request().toArray())
                                .toASN1Structure()
                                .getCertificationRequestInfo()
                                .getEncoded("DER"));
        var matter =
                new Matter.Sign(
                        made.credential(),
                        Purpose.CERTIFICATE_REQUEST,
                        ada.request(made.credential(), digest("a")).hashOid(),
                        List.of(new Matter.Digest(Hashes.sha256(info), info.base64Url())));
        var request =
                ada.request(Rig.PIN, made.credential(), List.of(Hashes.sha256(info)), as(matter));
        assertThat(ada.authorize(request).level()).isEqualTo(Level.BOUND);
    }

    private static UnaryOperator<Intent> as(Matter matter) {
        return i ->
                new Intent(
                        i.server(), i.approver(), i.nonce(), i.iat(), i.exp(), i.shown(), matter);
    }

    @Test
    void certificateMustBeValidNow() throws Exception {
        var credential = certified(new Policy(Level.BOUND, 1));
        rig.clock.pass(Duration.ofMinutes(-2));
        refused(FailureKind.CREDENTIAL_DISABLED, ada.request(credential, digest("early")));
        rig.clock.pass(Duration.ofMinutes(2).plusDays(1));
        ada.authorize(ada.request(credential, digest("in time")));
        rig.clock.pass(Duration.ofSeconds(1));
        refused(FailureKind.CREDENTIAL_DISABLED, ada.request(credential, digest("late")));
    }

    @Test
    void policyOrCertificateThatCannotBeReadIsRefused() throws Exception {
        var credential = certified(new Policy(Level.BOUND, 1));
        change(
                tx ->
                        tx.updateCredential(
                                row(tx, credential).withCertificates(List.of(digest("x")))));
        refused(FailureKind.CREDENTIAL_DISABLED, ada.request(credential, digest("a")));
        change(tx -> tx.updateCredential(with(row(tx, credential), Bytes.utf8("{}"), 1)));
        refused(FailureKind.TAMPERED, ada.request(credential, digest("a")));
    }

    private interface Change {
        void make(Tx tx) throws Refused;
    }

    private void change(Change change) throws Refused {
        rig.journal.write(
                (tx, _) -> {
                    change.make(tx);
                    return true;
                });
    }

    private static CredentialRow row(Tx tx, Id id) throws Refused {
        return Objects.requireNonNull(tx.credential(id));
    }

    private static CredentialRow with(CredentialRow row, Bytes policy, int version) {
        return new CredentialRow(
                row.id(),
                row.owner(),
                row.purpose(),
                row.custody(),
                row.algorithm(),
                row.spki(),
                policy,
                version,
                row.origin(),
                row.vault(),
                row.keyId(),
                row.mechanism(),
                row.key(),
                row.certificates(),
                row.created());
    }

    // what changes meanwhile

    /// Authorizes with the right PIN, and makes the change while it is being hashed.
    private void refusedWhenMeanwhile(FailureKind kind, AuthorizeRequest request, Change change)
            throws Exception {
        int all = rig.pins.running.drainPermits();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = threads.submit(() -> ada.authorize(request));
            try {
                await().until(() -> rig.pins.running.getQueueLength() == 1);
                change(change);
            } finally {
                rig.pins.running.release(all);
            }
            refused(
                    kind,
                    () -> {
                        try {
                            running.get();
                        } catch (ExecutionException e) {
                            throw Objects.requireNonNull(e.getCause());
                        }
                    });
        }
        try (var reader = rig.store.read()) {
            assertThat(
                            reader.authorizationByIntent(
                                    DeviceProof.parse(request.device()).intentHash()))
                    .isNull();
        }
    }

    @Test
    void policyChangedWhileThePinIsHashedAuthorizesNothing() throws Exception {
        var credential = certified(new Policy(Level.BOUND, 1));
        refusedWhenMeanwhile(
                FailureKind.CREDENTIAL_UNKNOWN,
                ada.request(credential, digest("a")),
                tx -> {
                    var row = row(tx, credential);
                    tx.updateCredential(with(row, row.policy(), row.version() + 1));
                });
    }

    @Test
    void deviceRemovedWhileThePinIsHashedAuthorizesNothing() throws Exception {
        var credential = certified(new Policy(Level.BOUND, 1));
        refusedWhenMeanwhile(
                FailureKind.NOT_AUTHENTICATED,
                ada.request(credential, digest("a")),
                tx -> tx.updateDevice(removed(Objects.requireNonNull(tx.device(ada.device)))));
    }

    private static DeviceRow removed(DeviceRow row) {
        return new DeviceRow(
                row.id(),
                row.owner(),
                row.slot(),
                row.name(),
                row.spki(),
                row.sharePublic(),
                row.slotBox(),
                DeviceRow.State.REMOVED,
                row.tries(),
                row.notBefore(),
                row.created());
    }

    // the same intent again

    @Test
    void sameIntentWithTheSameFactorsGetsTheSameSadAndCountsNothing() throws Exception {
        var credential = certified(new Policy(Level.BOUND, 1));
        var request = ada.request(credential, digest("a"));
        var first = ada.authorize(request);
        rig.clock.pass(Duration.ofSeconds(10));
        var again = ada.authorize(request);
        assertThat(again.sad().expose()).isEqualTo(first.sad().expose());
        assertThat(again.expires()).isEqualTo(first.expires());
        assertThat(again.level()).isEqualTo(first.level());
    }

    /// The device's JWS is kept in the database: whoever reads it there lacks `r`, even with share
    /// and PIN.
    @Test
    void sameIntentWithAnotherSecretGetsNoSad() throws Exception {
        var credential = certified(new Policy(Level.BOUND, 1));
        var request = ada.request(credential, digest("a"));
        ada.authorize(request);
        var jws = request.device();
        var payload = jws.substring(jws.indexOf('.') + 1, jws.lastIndexOf('.'));
        var octets = Bytes.fromBase64Url(payload);
        var other =
                new AuthorizeRequest(
                        request.caller(),
                        request.credential(),
                        request.count(),
                        request.digests(),
                        request.hashOid(),
                        request.device(),
                        new SecondProof.OfFactors(ada.sealed(octets, Rig.PIN, rig.random(32))));
        refused(FailureKind.FACTORS_REFUSED, () -> ada.authorize(other));
    }

    // how long it lives

    @Test
    void authorizationLivesFiveMinutesFromTheApproval() throws Exception {
        var credential = certified(new Policy(Level.BOUND, 1));
        assertThat(ada.authorize(ada.request(credential, digest("a"))).expires())
                .isEqualTo(rig.clock.instant().plus(Duration.ofMinutes(5)));
    }

    /// Until the intent's end its row is what keeps the intent from counting twice.
    @Test
    void authorizationLivesAsLongAsItsIntentAtLeast() throws Exception {
        var credential = certified(new Policy(Level.BOUND, 1));
        var ahead = rig.clock.instant().plusSeconds(30);
        var request =
                ada.request(
                        Rig.PIN,
                        credential,
                        List.of(digest("a")),
                        i ->
                                new Intent(
                                        i.server(),
                                        i.approver(),
                                        i.nonce(),
                                        ahead,
                                        ahead.plus(Intent.LONGEST),
                                        i.shown(),
                                        i.matter()));
        assertThat(ada.authorize(request).expires()).isEqualTo(ahead.plus(Intent.LONGEST));
    }
}
