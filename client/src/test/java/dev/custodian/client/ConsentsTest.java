package dev.custodian.client;

import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Approval;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class ConsentsTest {
    private static final SignatureScheme SCHEME = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final String GRANT = "/csc/v2/consents/grant";
    private static final String SUBJECT = "ssh (pid 4711)";

    @TempDir Path scratch;

    private Pairing pairing;
    private FakeServer server;
    private int asked;

    @BeforeEach
    void pair() throws Exception {
        server = new FakeServer();
        server.behind.purpose = Purpose.LOGIN;
        pairing = new Pairing(server, scratch);
    }

    @AfterEach
    void close() {
        pairing.close();
    }

    private Consents consents() {
        return new Consents(pairing.session, pairing.journal(), new SecureRandom());
    }

    private Consent grant(int count) throws Exception {
        var credential = new Credentials(pairing.session).info(server.behind.ec);
        var request =
                new Consents.Request(
                        credential,
                        count,
                        Instant.now().plusSeconds(600),
                        SUBJECT,
                        List.of(new Shown("program", "ssh", Shown.Source.REPORTED)));
        return consents()
                .grant(
                        request,
                        _ -> {
                            asked++;
                            return new FactorSource.Given(
                                    Pin.of(pairing.pin.toCharArray()),
                                    Secret.owning(pairing.share.toArray()));
                        });
    }

    private Signing.Signed sign(Consent consent, String... messages) throws Exception {
        return signing().sign(pairing.request(SCHEME, messages), consent);
    }

    private Signing signing() {
        return new Signing(pairing.session, pairing.journal(), new SecureRandom());
    }

    private void lie(String path, String member, String value) {
        server.lies.put(path, (ObjectNode answer) -> answer.put(member, value));
    }

    // the server lies

    @Test
    void secretThatTheApprovalDoesNotMakeIsRefused() {
        lie(GRANT, "secret", "A".repeat(43));
        refused(FailureKind.PROTOCOL_BROKEN, "another consent", () -> grant(3));
    }

    @Test
    void idThatTheIntentDoesNotGiveIsRefused() {
        lie(GRANT, "consent", server.id(Id.Kind.CONSENT).text());
        refused(FailureKind.PROTOCOL_BROKEN, "another consent", () -> grant(3));
    }

    @Test
    void consentThatIsNotJournalledIsRefused() {
        var honest = server.behind.journal;
        server.behind.journal = honest.copy(honest.size());
        server.lies.put(
                GRANT,
                answer -> {
                    server.behind.journal = honest;
                    return answer;
                });
        refused(FailureKind.JOURNAL_BROKEN, "no record of the consent", () -> grant(3));
    }

    @Test
    void approvalThatNamesAnotherConsentIsRefused() throws Exception {
        var consent = grant(3);
        server.behind.consents.retold = List.of("device", server.id(Id.Kind.CONSENT).text());
        refused(FailureKind.JOURNAL_BROKEN, "other factors", () -> sign(consent, "one"));
        server.behind.consents.retold = List.of("device", "pin");
        refused(FailureKind.JOURNAL_BROKEN, "other factors", () -> sign(consent, "two"));
    }

    @Test
    void approvalThatShowsAnotherSubjectIsRefused() throws Exception {
        var consent = grant(3);
        server.behind.retold = List.of(Shown.subject("bash"));
        refused(FailureKind.JOURNAL_BROKEN, "something else was shown", () -> sign(consent, "one"));
    }

    @Test
    void sadThatTheConsentDoesNotGiveIsRefused() throws Exception {
        var consent = grant(3);
        lie("/csc/v2/credentials/authorize", "SAD", "sad_" + "A".repeat(43));
        refused(FailureKind.PROTOCOL_BROKEN, "another authorization", () -> sign(consent, "one"));
    }

    @Test
    void listThatMakesNoSenseIsRefused() throws Exception {
        grant(3);
        server.lies.put(
                "/csc/v2/consents/list",
                answer -> {
                    answer.withObject("/consents/0").put("until", "soon");
                    return answer;
                });
        refused(FailureKind.PROTOCOL_BROKEN, "until is not a time", () -> consents().list());
    }

    // the person refuses, the consent ends

    @Test
    void refusalOfThePersonSendsNothing() throws Exception {
        var credential = new Credentials(pairing.session).info(server.behind.ec);
        var request =
                new Consents.Request(
                        credential, 1, Instant.now().plusSeconds(60), SUBJECT, List.of());
        refused(
                FailureKind.FACTORS_REFUSED,
                "",
                () ->
                        consents()
                                .grant(
                                        request,
                                        _ -> {
                                            throw new Refused(FailureKind.FACTORS_REFUSED);
                                        }));
        assertThat(server.asked).doesNotContain(GRANT);
    }

    @Test
    void documentsHaveNoConsentToMoreThanTwoSignatures() {
        server.behind.purpose = Purpose.DOCUMENT;
        refused(FailureKind.POLICY_REFUSED, "consent to 1 to 2 signatures, not 3", () -> grant(3));
        assertThat(asked).isZero();
    }

    @Test
    void consentSignsNoMoreThanItSaysAndForNoOtherCredential() throws Exception {
        var consent = grant(2);
        sign(consent, "one");
        sign(consent, "two");
        refused(FailureKind.CONSENT_USED_UP, "", () -> sign(consent, "three"));
        var other = pairing.request(SignatureScheme.of(Scheme.RSA_PKCS1_SHA256), "four");
        refused(FailureKind.CONSENT_UNKNOWN, "", () -> signing().sign(other, consent));
    }

    // what works

    @Test
    void onePinSignsTenTimes() throws Exception {
        try (var consent = grant(10)) {
            for (int i = 0; i < 10; i++) {
                var signed = sign(consent, "login " + i);
                assertThat(signed.signatures()).hasSize(1);
                assertThat(((Approval) Journal.parse(signed.approval())).factors())
                        .containsExactly("device", consent.id().text());
            }
        }
        assertThat(asked).isEqualTo(1);
        assertThat(server.behind.signings).isEqualTo(10);
    }

    @Test
    void manyAtOnceUnderOneConsentDisturbEachOtherNot() throws Exception {
        var consent = grant(8);
        var requests = new ArrayList<Signing.Request>();
        for (int i = 0; i < 8; i++) {
            requests.add(pairing.request(SCHEME, "login " + i));
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            var pending = new ArrayList<Future<Signing.Signed>>();
            for (var request : requests) {
                pending.add(threads.submit(() -> signing().sign(request, consent)));
            }
            for (var one : pending) {
                assertThat(one.get().signatures()).hasSize(1);
            }
        }
    }

    @Test
    void lostAnswersCostNoSecondPinAndNoSecondSignature() throws Exception {
        server.mishaps.put(GRANT, List.of(0, 503, 0));
        var consent = grant(1);
        server.mishaps.put("/csc/v2/credentials/authorize", List.of(0, 503, 0));
        server.mishaps.put("/csc/v2/signatures/signHash", List.of(0, 0));

        assertThat(sign(consent, "one").signatures()).hasSize(1);
        assertThat(asked).isEqualTo(1);
        assertThat(server.behind.signings).isEqualTo(1);
    }

    @Test
    void activationKeyThatWentIsNoMatter() throws Exception {
        grant(1);
        server.newActivationKey();
        grant(1);
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void consentsAreListedAndForgotten() throws Exception {
        var consent = grant(5);
        sign(consent, "one", "two");
        var listed = consents().list();
        assertThat(listed).hasSize(1);
        assertThat(listed.getFirst().id()).isEqualTo(consent.id());
        assertThat(listed.getFirst().subject()).isEqualTo(SUBJECT);
        assertThat(listed.getFirst().remaining()).isEqualTo(3);

        consents().forget(consent.id());
        assertThat(consents().list()).isEmpty();
        refused(FailureKind.CONSENT_USED_UP, "", () -> sign(consent, "three"));
    }

    @Test
    void nothingPrintsTheSecret() throws Exception {
        var consent = grant(1);
        assertThat(consent.toString()).doesNotContain(consent.secret().expose());
    }
}
