package dev.custodian.server.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.Samples;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;

/// Each thing that an intent must agree with, one at a time.
class IntentCheckTest {
    private static final Id OWNER = Samples.owner(1);
    private static final Id CREDENTIAL = Samples.credential(1);
    private static final String SHA256 = HashAlgorithm.SHA256.oid();
    private static final Bytes ONE = Samples.hash("one");
    private static final Bytes TWO = Samples.hash("two");
    private static final Duration LONGEST = Intent.LONGEST;

    private final Rig.StandingClock clock = new Rig.StandingClock();
    private final Challenges challenges = new Challenges(clock, new SecureRandom(), Hashes::sha256);
    private final IntentCheck check = new IntentCheck(Rig.THUMBPRINT, challenges, clock);
    private final CredentialRow credential = Samples.credentialRow(CREDENTIAL, OWNER);

    private static void refused(FailureKind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(kind));
    }

    private static Matter.Sign matter(Bytes... digests) {
        return new Matter.Sign(
                CREDENTIAL,
                Purpose.DOCUMENT,
                SHA256,
                List.of(digests).stream().map(d -> new Matter.Digest(d, "")).toList());
    }

    private static Intent intent(Bytes nonce, Instant iat, Instant exp, Matter matter) {
        return new Intent(
                Rig.THUMBPRINT,
                new Approver.OnDevice(OWNER, Samples.device(1)),
                nonce,
                iat,
                exp,
                List.of(),
                matter);
    }

    private Intent intent(Instant iat, Instant exp) {
        return intent(challenges.issue(OWNER.text(), "sign"), iat, exp, matter(ONE));
    }

    private void expired(Intent intent) {
        refused(FailureKind.INTENT_EXPIRED, () -> check.frame(intent, OWNER.text()));
    }

    // server, time and nonce

    @Test
    void intentIsGoodUntilItsExpiryAndNotAfter() throws Exception {
        var now = clock.instant();
        var intent = intent(now, now.plusSeconds(60));
        clock.pass(Duration.ofSeconds(60));
        check.frame(intent, OWNER.text());
        clock.pass(Duration.ofNanos(1));
        expired(intent);
    }

    @Test
    void deviceMayBeHalfAMinuteAheadAndNoMore() throws Exception {
        var now = clock.instant();
        check.frame(intent(now.plusSeconds(30), now.plusSeconds(60)), OWNER.text());
        expired(intent(now.plusSeconds(30).plusNanos(1), now.plusSeconds(60)));
    }

    @Test
    void deviceMayBeBehind() throws Exception {
        var now = clock.instant();
        check.frame(intent(now.minusSeconds(200), now.plusSeconds(1)), OWNER.text());
    }

    @Test
    void nonceMustBeOursForThisOwnerAndKind() throws Exception {
        var now = clock.instant();
        var end = now.plus(LONGEST);
        expired(intent(Samples.hash("not ours"), now, end, matter(ONE)));
        var mine = challenges.issue(OWNER.text(), "sign");
        check.frame(intent(mine, now, end, matter(ONE)), OWNER.text());
        refused(
                FailureKind.INTENT_EXPIRED,
                () -> check.frame(intent(mine, now, end, matter(ONE)), Samples.owner(2).text()));
        expired(intent(mine, now, end, new Matter.Change("pin", "", "")));
    }

    @Test
    void intentForAnotherServerIsRefused() {
        var now = clock.instant();
        var elsewhere =
                new Intent(
                        Samples.hash("another server"),
                        new Approver.OnDevice(OWNER, Samples.device(1)),
                        challenges.issue(OWNER.text(), "sign"),
                        now,
                        now.plusSeconds(60),
                        List.of(),
                        matter(ONE));
        refused(FailureKind.INTENT_MISMATCH, () -> check.frame(elsewhere, OWNER.text()));
    }

    // what it approves

    private static AuthorizeRequest request(
            Id credential, int count, String oid, Bytes... digests) {
        return new AuthorizeRequest(
                new DeviceCaller(OWNER, Samples.device(1)),
                credential,
                count,
                List.of(digests),
                oid,
                "",
                new SecondProof.OfFactors(
                        new Sealed(Bytes.of(new byte[Sealed.KEY_ID]), Bytes.EMPTY)));
    }

    private Matter.Sign sign(Matter matter, AuthorizeRequest request) throws Refused {
        var now = clock.instant();
        return IntentCheck.sign(intent(ONE, now, now.plusSeconds(60), matter), request, credential);
    }

    private void mismatch(Matter matter, AuthorizeRequest request) {
        refused(FailureKind.INTENT_MISMATCH, () -> sign(matter, request));
    }

    @Test
    void requestInAnyOrderIsWhatWasApproved() throws Exception {
        var matter = matter(ONE, TWO);
        assertThat(sign(matter, request(CREDENTIAL, 2, SHA256, TWO, ONE))).isEqualTo(matter);
    }

    @Test
    void otherDigestsOrAnotherNumberIsNotWhatWasApproved() {
        mismatch(matter(ONE), request(CREDENTIAL, 1, SHA256, TWO));
        mismatch(matter(ONE, TWO), request(CREDENTIAL, 2, SHA256, ONE));
        mismatch(matter(ONE, TWO), request(CREDENTIAL, 1, SHA256, ONE));
        mismatch(matter(ONE), request(CREDENTIAL, 2, SHA256, ONE, TWO));
        mismatch(matter(ONE), request(CREDENTIAL, 1, SHA256, ONE, ONE));
        mismatch(matter(ONE), request(CREDENTIAL, 2, SHA256, ONE, ONE));
        mismatch(matter(ONE), request(CREDENTIAL, 2, SHA256, ONE));
        mismatch(matter(ONE), request(CREDENTIAL, 0, SHA256, ONE));
    }

    @Test
    void anotherCredentialHashPurposeOrKindIsNotWhatWasApproved() {
        mismatch(matter(ONE), request(Samples.credential(2), 1, SHA256, ONE));
        mismatch(matter(ONE), request(CREDENTIAL, 1, "", ONE));
        mismatch(matter(ONE), request(CREDENTIAL, 1, HashAlgorithm.SHA384.oid(), ONE));
        var digest = List.of(new Matter.Digest(ONE, ""));
        mismatch(
                new Matter.Sign(CREDENTIAL, Purpose.CODE, SHA256, digest),
                request(CREDENTIAL, 1, SHA256, ONE));
        mismatch(new Matter.Change("pin", "", ""), request(CREDENTIAL, 1, SHA256, ONE));
    }

    // certificate requests

    private static Bytes spki() throws GeneralSecurityException {
        return Bytes.of(
                KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic().getEncoded());
    }

    private static Bytes requestInfo(Bytes spki) throws IOException {
        return Bytes.of(
                new CertificationRequestInfo(
                                new X500Name("CN=Ada"),
                                SubjectPublicKeyInfo.getInstance(spki.toArray()),
                                null)
                        .getEncoded("DER"));
    }

    private static Matter.Sign certificateRequest(Bytes... ders) {
        return new Matter.Sign(
                CREDENTIAL,
                Purpose.CERTIFICATE_REQUEST,
                SHA256,
                List.of(ders).stream()
                        .map(der -> new Matter.Digest(Hashes.sha256(der), der.base64Url()))
                        .toList());
    }

    @Test
    void certificateRequestForTheCredentialsKeyIsAccepted() throws Exception {
        var spki = spki();
        CertificateRequests.check(certificateRequest(requestInfo(spki)), spki);
    }

    @Test
    void certificateRequestForAnotherKeyIsRefusedBesideARightOneToo() throws Exception {
        var spki = spki();
        var mine = requestInfo(spki);
        var other = requestInfo(spki());
        refused(
                FailureKind.INTENT_MISMATCH,
                () -> CertificateRequests.check(certificateRequest(other), spki));
        refused(
                FailureKind.INTENT_MISMATCH,
                () -> CertificateRequests.check(certificateRequest(mine, other), spki));
    }

    @Test
    void certificateRequestWithOctetsBehindItIsRefused() throws Exception {
        var spki = spki();
        var padded = Bytes.concat(requestInfo(spki), Bytes.utf8("x"));
        refused(
                FailureKind.INTENT_MISMATCH,
                () -> CertificateRequests.check(certificateRequest(padded), spki));
    }

    @Test
    void certificateRequestOfNoHashIsRefused() throws Exception {
        var spki = spki();
        var der = requestInfo(spki);
        var digests = List.of(new Matter.Digest(Hashes.sha256(der), der.base64Url()));
        var nameless = new Matter.Sign(CREDENTIAL, Purpose.CERTIFICATE_REQUEST, "", digests);
        refused(FailureKind.INTENT_MISMATCH, () -> CertificateRequests.check(nameless, spki));
    }
}
