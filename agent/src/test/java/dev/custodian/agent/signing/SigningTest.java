package dev.custodian.agent.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.peer.Program;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SigningTest {
    private static final TestCredentials LOGIN =
            TestCredentials.of(KeyAlgorithm.P256, Purpose.LOGIN, "Ada\u202E Lovelace", 100);
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);

    private final FakePerson person = new FakePerson();
    private final FakeServer server = new FakeServer(LOGIN);
    private final AtomicBoolean there = new AtomicBoolean(true);
    private Instant now = Instant.EPOCH;
    private final List<Secret> shares = new ArrayList<>();
    private final Lock lock = new Lock(new SecureRandom());
    private final Signing signing =
            new Signing(
                    server,
                    person,
                    () -> {
                        shares.add(Secret.owning(new byte[32]));
                        return shares.getLast();
                    },
                    new Peers(0),
                    lock,
                    () -> now);

    private static Peer peer() {
        return new Peer(
                new Program(
                        (int) ProcessHandle.current().pid(), startTime(), "/usr/bin/ssh", "ssh"),
                Program.NONE,
                0);
    }

    private static long startTime() {
        try {
            var stat = java.nio.file.Files.readString(java.nio.file.Path.of("/proc/self/stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private Request request(Peer peer, Purpose purpose, Bytes... digests) {
        return new Request(
                peer,
                there::get,
                purpose,
                LOGIN.credential(),
                ECDSA,
                List.of(digests),
                List.of(new Shown("user", "ada", Shown.Source.REPORTED)));
    }

    private Request request(Bytes... digests) {
        return request(peer(), Purpose.LOGIN, digests);
    }

    private static Bytes digest(int i) {
        return Hashes.sha256(Bytes.u32(i));
    }

    private void refused(FailureKind kind, Request request) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> signing.sign(request))
                .satisfies(
                        refusal ->
                                assertThat(refusal.kind())
                                        .as(refusal.getMessage())
                                        .isEqualTo(kind));
        assertThat(server.signed).isEmpty();
    }

    @Test
    void noSignsNothing() {
        person.pin = "";
        refused(FailureKind.APPROVAL_REFUSED, request(digest(1)));
    }

    @Test
    void oneNoIsEnoughForAProgramThatAsksAgainAtOnce() throws Exception {
        person.pin = "";
        for (int i = 0; i < 10_000; i++) {
            refused(FailureKind.APPROVAL_REFUSED, request(digest(i)));
        }
        assertThat(person.asked).hasSize(1);
        for (int i = 1; i < 10; i++) {
            now = Instant.EPOCH.plus(Refusals.SPAN.minusNanos(1).multipliedBy(i));
            refused(FailureKind.APPROVAL_REFUSED, request(digest(i)));
        }
        assertThat(person.asked).hasSize(1);
        person.pin = "2749";
        now = now.plus(Refusals.SPAN);
        assertThat(signing.sign(request(digest(1)))).hasSize(1);
    }

    @Test
    void tenThousandSignaturesAtOnceAreRefusedWithoutAQuestion() {
        var digests = IntStream.range(0, 10_000).mapToObj(SigningTest::digest);
        var request = request(digests.toArray(Bytes[]::new));
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> signing.sign(request))
                .satisfies(
                        refusal ->
                                assertThat(refusal.detail())
                                        .contains("1 to 100 signatures")
                                        .contains("asks for 10000"));
        refused(FailureKind.POLICY_REFUSED, request());
        assertThat(person.asked).isEmpty();
    }

    @Test
    void hundredSignaturesAreOneQuestionThatSaysSo() throws Exception {
        var digests = IntStream.range(0, 100).mapToObj(SigningTest::digest).toList();
        assertThat(signing.sign(request(digests.toArray(Bytes[]::new)))).hasSize(100);
        assertThat(person.asked).hasSize(1);
        assertThat(person.asked.getFirst().shown())
                .contains(new Shown("signatures", "100", Shown.Source.COMPUTED));
    }

    @Test
    void credentialOfAnotherPurposeAsksNobody() {
        refused(FailureKind.POLICY_REFUSED, request(peer(), Purpose.CODE, digest(1)));
        assertThat(person.asked).isEmpty();
    }

    @Test
    void programThatWentAwayBeforeTheQuestionCausesNone() {
        there.set(false);
        refused(FailureKind.PROGRAM_REFUSED, request(digest(1)));
        assertThat(person.asked).isEmpty();
    }

    @Test
    void programThatWentAwayMeanwhileGetsNothing() {
        person.meanwhile = () -> there.set(false);
        refused(FailureKind.PROGRAM_REFUSED, request(digest(1)));
        assertThat(person.asked).hasSize(1);
        wiped(person.given);
    }

    @Test
    void programWhoseNumberAnotherOneHasGetsNothing() {
        var other =
                new Peer(
                        new Program(peer().program().pid(), 1, "/usr/bin/ssh", "ssh"),
                        Program.NONE,
                        0);
        refused(FailureKind.PROGRAM_REFUSED, request(other, Purpose.LOGIN, digest(1)));
        assertThat(person.asked).isEmpty();
    }

    @Test
    void lockedAgentAsksNobody() throws Exception {
        lock.close(Secret.owning(new byte[] {1}));
        refused(FailureKind.AGENT_LOCKED, request(digest(1)));
        assertThat(person.asked).isEmpty();
    }

    @Test
    void agentThatIsLockedMeanwhileAsksNobody() {
        person.pin = "1";
        person.meanwhile =
                () -> {
                    try {
                        lock.close(Secret.owning(new byte[] {1}));
                    } catch (Refused e) {
                        throw new AssertionError(e);
                    }
                };
        refused(FailureKind.AGENT_LOCKED, request(digest(1)));
        assertThat(person.asked).hasSize(1);
    }

    @Test
    void mistypedPinIsAskedForAgainAndSaysWhy() throws Exception {
        person.pin = "1111";
        person.meanwhile = () -> person.pin = person.asked.size() < 3 ? "1111" : "2749";
        assertThat(signing.sign(request(digest(1)))).hasSize(1);
        assertThat(person.asked).hasSize(3);
        assertThat(person.asked.getFirst().shown())
                .noneMatch(line -> line.what().equals("last try"));
        assertThat(person.asked.getLast().shown().getFirst().text())
                .isEqualTo(FailureKind.FACTORS_REFUSED.sentence());
    }

    @Test
    void wrongPinIsAskedForThreeTimesOnly() {
        person.pin = "1111";
        refused(FailureKind.FACTORS_REFUSED, request(digest(1)));
        assertThat(person.asked).hasSize(3);
    }

    @Test
    void approvalSignsWhatWasShownAndWipesTheFactors() throws Exception {
        var signatures = signing.sign(request(digest(1), digest(2)));

        assertThat(signatures).hasSize(2);
        var question = person.asked.getFirst();
        assertThat(server.signed.getFirst().shown()).isEqualTo(question.shown());
        assertThat(server.signed.getFirst().scheme().scheme().hash())
                .isEqualTo(HashAlgorithm.SHA256);
        assertThat(question.title())
                .isEqualTo("Log in for ssh, process " + peer().program().pid() + "?");
        assertThat(question.shown())
                .extracting(line -> line.source() + " " + line.what() + ": " + line.text())
                .contains(
                        "REPORTED user: ada",
                        "COMPUTED signed by: CN=Ada\\u{202e} Lovelace",
                        "REPORTED custody: owner-sealed: needs your PIN and this device",
                        "REPORTED key made: in the server's memory",
                        "COMPUTED signatures: 2")
                .anyMatch(line -> line.matches("COMPUTED certificate: SHA-256 …[0-9a-f]{16}"));
        wiped(person.given);
        wiped(shares.getFirst());
    }

    private static void wiped(Secret secret) {
        assertThatIllegalStateException().isThrownBy(secret::expose);
    }
}
