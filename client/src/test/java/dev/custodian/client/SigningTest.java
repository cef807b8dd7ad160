package dev.custodian.client;

import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Level;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.journal.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SigningTest {
    @TempDir Path scratch;

    private Pairing pairing;
    private FakeServer server;

    @BeforeEach
    void pair() throws Exception {
        server = new FakeServer();
        pairing = new Pairing(server, scratch);
    }

    @AfterEach
    void close() {
        pairing.close();
    }

    /// A record of the enrolment that was only promised must be in a checkpoint before anything is
    /// signed.
    @Test
    void enrolmentIsProvedBeforeTheFirstSignature() throws Exception {
        var late = new FakeServer();
        late.lies.put(
                "/enrol",
                answer -> {
                    answer.put("pending", true).remove("checkpoint");
                    answer.remove("proof");
                    return answer;
                });
        try (var second = new Pairing(late, Files.createDirectory(scratch.resolve("second")))) {
            var owner = second.memory.now().owner();
            assertThat(second.memory.now().chain(owner).proven()).isFalse();
            assertThat(second.sign(Scheme.ECDSA_SHA256, "one").signatures()).hasSize(1);
            assertThat(second.memory.now().chain(owner).proven()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Scheme.class)
    void honestServerIsBelievedWithEveryScheme(Scheme scheme) throws Exception {
        var signed = pairing.sign(scheme, "one", "two");

        assertThat(signed.signatures()).hasSize(2).doesNotHaveDuplicates();
        assertThat(signed.level()).isEqualTo(Level.BOUND);
        assertThat(signed.pending()).isFalse();
        assertThat(signed.use().index()).isGreaterThan(signed.approval().index());
    }

    @ParameterizedTest
    @EnumSource(value = Scheme.class, names = "RSA_PSS_SHA256")
    void saltIsAsLongAsItWasAskedFor(Scheme scheme) throws Exception {
        for (int salt : new int[] {0, 20, 222}) {
            assertThat(pairing.sign(new SignatureScheme(scheme, salt), "salt " + salt).signatures())
                    .hasSize(1);
        }
    }

    @Test
    void digestThatComesTwiceIsSignedOnce() throws Exception {
        var signed = pairing.sign(Scheme.ECDSA_SHA256, "one", "two", "one");

        assertThat(signed.signatures()).hasSize(3);
        assertThat(signed.signatures().get(2)).isEqualTo(signed.signatures().getFirst());
        assertThat(signed.signatures().get(1)).isNotEqualTo(signed.signatures().getFirst());
    }

    @Test
    void secondRunGoesOnFromWhatTheFirstRemembered() throws Exception {
        pairing.sign(Scheme.ECDSA_SHA256, "one");
        var loaded = Memory.load(scratch.resolve("memory"));

        assertThat(loaded.now()).isEqualTo(pairing.memory.now());
        pairing.sign(Scheme.ECDSA_SHA256, "two");
        assertThat(pairing.memory.now().chain(server.behind.ec).newest().seq()).isEqualTo(7);
    }

    @Test
    void outcomeIsFetchedAndProved() throws Exception {
        var signed = pairing.sign(Scheme.ECDSA_SHA256, "one", "two");

        var outcome = pairing.journal().outcome(server.behind.ec, signed);

        assertThat(Journal.parse(outcome)).isInstanceOf(Outcome.class);
        assertThat(pairing.memory.now().chain(server.behind.ec).newest().seq()).isEqualTo(5);
    }

    @Test
    void newestCheckpointIsKeptWithItsSignature() throws Exception {
        var signed = pairing.sign(Scheme.ECDSA_SHA256, "one");
        var journal = pairing.journal();
        assertThat(journal.lastNote()).isEmpty();

        journal.outcome(server.behind.ec, signed.use().index(), signed.after());
        journal.catchUp(server.behind.ec);

        var key = Journal.key(pairing.session.server());
        assertThat(journal.lastNote().orElseThrow().verify(key))
                .isEqualTo(pairing.memory.now().checkpoint());
    }

    @Test
    void outcomeOfOtherSignaturesIsRefused() throws Exception {
        var one = pairing.sign(Scheme.ECDSA_SHA256, "one");
        var two = pairing.sign(Scheme.ECDSA_SHA256, "two");
        var mixed =
                new Signing.Signed(
                        one.signatures(),
                        two.level(),
                        two.approval(),
                        two.use(),
                        two.after(),
                        two.checkpoint(),
                        false);

        refused(
                FailureKind.JOURNAL_BROKEN,
                "about other signatures than these",
                () -> pairing.journal().outcome(server.behind.ec, mixed));
    }

    @Test
    void manySigningsAtOnceDisturbEachOtherNot() throws Exception {
        var requests = new ArrayList<Signing.Request>();
        for (int i = 0; i < 8; i++) {
            var scheme = i % 2 == 0 ? Scheme.ECDSA_SHA256 : Scheme.RSA_PKCS1_SHA256;
            requests.add(pairing.request(SignatureScheme.of(scheme), "document " + i));
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            var pending = new ArrayList<Future<Signing.Signed>>();
            for (var request : requests) {
                pending.add(threads.submit(() -> pairing.sign(request)));
            }
            for (var one : pending) {
                assertThat(one.get().signatures()).hasSize(1);
            }
        }
    }

    @Test
    void cutConnectionsCostNoSecondApproval() throws Exception {
        server.mishaps.put("/csc/v2/credentials/authorize", List.of(0, 503, 0));
        server.mishaps.put("/csc/v2/signatures/signHash", List.of(0, 503, 0));

        var signed = pairing.sign(Scheme.ECDSA_SHA256, "one");

        assertThat(signed.signatures()).hasSize(1);
        assertThat(pairing.asked).isEqualTo(1);
        assertThat(server.behind.signings).isEqualTo(1);
        assertThat(server.asked).filteredOn("/csc/v2/credentials/authorize"::equals).hasSize(4);
    }

    @Test
    void serverThatStaysAwayIsGivenUp() throws Exception {
        server.mishaps.put("/csc/v2/signatures/signHash", List.of(503, 503, 503, 503, 503));

        refused(FailureKind.BUSY, "HTTP 503", () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void renewedActivationKeyGetsTheSameApprovalAgain() throws Exception {
        var fresh = new boolean[1];
        server.lies.put(
                "/csc/v2/credentials/getChallenge",
                answer -> {
                    if (!fresh[0]) {
                        fresh[0] = true;
                        renewActivationKey();
                    }
                    return answer;
                });

        assertThat(pairing.sign(Scheme.ECDSA_SHA256, "one").signatures()).hasSize(1);
        assertThat(pairing.asked).isEqualTo(1);
        assertThat(server.asked).filteredOn("/csc/v2/credentials/authorize"::equals).hasSize(2);
    }

    private void renewActivationKey() {
        try {
            server.newActivationKey();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void nonceIsFetchedAfterThePersonAnswered() throws Exception {
        var request = pairing.request(SignatureScheme.of(Scheme.ECDSA_SHA256), "one");
        new Signing(pairing.session, pairing.journal(), new java.security.SecureRandom())
                .sign(
                        request,
                        _ -> {
                            assertThat(server.asked)
                                    .doesNotContain("/csc/v2/credentials/getChallenge");
                            return new FactorSource.Given(
                                    Pin.of(pairing.pin.toCharArray()),
                                    dev.custodian.core.Secret.owning(pairing.share.toArray()));
                        });
        assertThat(server.asked).contains("/csc/v2/credentials/getChallenge");
    }

    @Test
    void wrongPinIsRefusedInTheServersWords() {
        pairing.pin = "0000";

        refused(FailureKind.FACTORS_REFUSED, "", () -> pairing.sign(Scheme.ECDSA_SHA256, "one"));
    }

    @Test
    void digestOfTheWrongLengthAsksNobody() throws Exception {
        var request = pairing.request(SignatureScheme.of(Scheme.ECDSA_SHA256), "one");
        var wrong =
                new Signing.Request(
                        request.credential(),
                        SignatureScheme.of(Scheme.ECDSA_SHA384),
                        request.digests(),
                        request.shown());

        refused(FailureKind.DIGEST_LENGTH, "48", () -> pairing.sign(wrong));
        assertThat(pairing.asked).isZero();
    }

    @Test
    void schemeOfAnotherKindOfKeyAsksNobody() throws Exception {
        var request = pairing.request(SignatureScheme.of(Scheme.ECDSA_SHA256), "one");
        var wrong =
                new Signing.Request(
                        request.credential(),
                        SignatureScheme.of(Scheme.RSA_PKCS1_SHA256),
                        request.digests(),
                        request.shown());

        refused(FailureKind.SCHEME_REFUSED, "", () -> pairing.sign(wrong));
        assertThat(pairing.asked).isZero();
    }

    @Test
    void neitherPinNorShareIsInAnyRequest() throws Exception {
        pairing.sign(Scheme.ECDSA_SHA256, "one");

        for (Bytes body : server.bodies) {
            assertThat(body.hex())
                    .doesNotContain(Bytes.utf8(pairing.pin).hex())
                    .doesNotContain(pairing.share.hex())
                    .doesNotContain(Bytes.utf8(pairing.share.base64Url()).hex());
        }
        assertThat(server.asked).allMatch(path -> path.matches("/[a-zA-Z0-9/]+"));
    }
}
