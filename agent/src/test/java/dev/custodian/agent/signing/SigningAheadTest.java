package dev.custodian.agent.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.peer.Program;
import dev.custodian.agent.prompt.Answer;
import dev.custodian.agent.prompt.Entry;
import dev.custodian.agent.prompt.Notice;
import dev.custodian.agent.prompt.OneAtATime;
import dev.custodian.agent.prompt.Prompt;
import dev.custodian.agent.prompt.Question;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Consents: for whom, how often, how long, and for nobody else.
class SigningAheadTest {
    private static final TestCredentials LOGIN =
            TestCredentials.of(KeyAlgorithm.P256, Purpose.LOGIN, "Ada Lovelace", 100);
    private static final TestCredentials CODE =
            TestCredentials.of(KeyAlgorithm.P256, Purpose.CODE, "Ada Lovelace", 100);
    private static final TestCredentials DOCUMENT =
            TestCredentials.of(KeyAlgorithm.P256, Purpose.DOCUMENT, "Ada Lovelace", 100);
    private static final SignatureScheme ECDSA = SignatureScheme.of(Scheme.ECDSA_SHA256);
    private static final String HOST = " host SHA256:abc";

    private final FakePerson person = new FakePerson();
    private final FakeServer server = new FakeServer(LOGIN, CODE, DOCUMENT);
    private final Lock lock = new Lock(new SecureRandom());
    private final Signing signing = signing(person);
    private int digests;

    private Signing signing(Prompt prompt) {
        return new Signing(
                server,
                prompt,
                () -> Secret.owning(new byte[32]),
                new Peers(0),
                lock,
                () -> Instant.EPOCH);
    }

    /// This very process under another name, in the terminal session of a shell.
    private static Peer peer(String executable, int shell) {
        var leader = shell == 0 ? Program.NONE : new Program(shell, 7, "/usr/bin/bash", "bash");
        return new Peer(
                new Program((int) ProcessHandle.current().pid(), startTime(), executable, "x"),
                leader,
                0);
    }

    private static long startTime() {
        try {
            var stat = Files.readString(Path.of("/proc/self/stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Request request(Peer peer, TestCredentials with, @Nullable String within) {
        return new Request(
                peer,
                () -> true,
                with.credential().purpose(),
                with.credential(),
                ECDSA,
                List.of(Hashes.sha256(Bytes.u32(digests++))),
                List.of(),
                within);
    }

    private void sign(Peer peer, TestCredentials with, @Nullable String within) throws Refused {
        assertThat(signing.sign(request(peer, with, within))).hasSize(1);
    }

    private void asked(int times) {
        assertThat(person.asked).hasSize(times);
    }

    @Test
    void yesToOneThingAllowsNothingElse() throws Exception {
        var ssh = peer("/usr/bin/ssh", 40);
        sign(ssh, LOGIN, HOST);
        sign(ssh, LOGIN, HOST);
        asked(2);
        assertThat(server.given).isEmpty();
    }

    @Test
    void twentyLoginsFromOneTerminalCostOnePin() throws Exception {
        person.takesOffers = true;
        for (int i = 0; i < 20; i++) {
            sign(peer("/usr/bin/ssh", 40), LOGIN, HOST);
        }
        asked(1);
        assertThat(server.signed).hasSize(20);
        assertThat(person.asked.getFirst().offers().getFirst().words())
                .isEqualTo(
                        "ssh to this host in this terminal session: up to 100 signatures in 15 minutes");
        var terms = server.given.getFirst().terms();
        assertThat(terms.count()).isEqualTo(100);
        assertThat(terms.until()).isEqualTo(Instant.EPOCH.plusSeconds(900));
        assertThat(terms.subject()).isEqualTo("session:40:7:/usr/bin/ssh" + HOST);
    }

    @Test
    void anotherTerminalProgramHostOrCredentialAsksAgain() throws Exception {
        person.takesOffers = true;
        sign(peer("/usr/bin/ssh", 40), LOGIN, HOST);
        sign(peer("/usr/bin/ssh", 41), LOGIN, HOST);
        asked(2);
        sign(peer("/tmp/ssh", 40), LOGIN, HOST);
        asked(3);
        sign(peer("/usr/bin/ssh", 40), LOGIN, " host SHA256:def");
        asked(4);
        sign(peer("/usr/bin/ssh", 40), CODE, HOST);
        asked(5);
        sign(peer("/usr/bin/ssh", 0), LOGIN, HOST);
        asked(6);
    }

    @Test
    void hostThatIsNotKnownIsOfferedNothing() throws Exception {
        person.takesOffers = true;
        sign(peer("/usr/bin/ssh", 40), LOGIN, null);
        assertThat(person.asked.getFirst().offers()).isEmpty();
    }

    @Test
    void programThatTheSystemDoesNotNameIsOfferedNothing() throws Exception {
        person.takesOffers = true;
        sign(Peer.UNKNOWN, LOGIN, "");
        sign(Peer.UNKNOWN, LOGIN, "");
        asked(2);
        assertThat(person.asked.getFirst().offers()).isEmpty();
    }

    @Test
    void consentEndsByItsCountAndByItsTime() throws Exception {
        person.takesOffers = true;
        var ssh = peer("/usr/bin/ssh", 40);
        for (int i = 0; i < 100; i++) {
            sign(ssh, LOGIN, HOST);
        }
        asked(1);
        sign(ssh, LOGIN, HOST);
        asked(2);
        server.now = Instant.EPOCH.plusSeconds(899);
        sign(ssh, LOGIN, HOST);
        asked(2);
        server.now = Instant.EPOCH.plusSeconds(900);
        sign(ssh, LOGIN, HOST);
        asked(3);
        wiped(0);
    }

    private void wiped(int consent) {
        assertThatIllegalStateException()
                .isThrownBy(() -> server.given.get(consent).secret().expose());
    }

    @Test
    void consentThatIsForgottenOrTakenBackElsewhereAsksAgain() throws Exception {
        person.takesOffers = true;
        var git = peer("/usr/bin/ssh-keygen", 40);
        sign(git, CODE, "");
        signing.forget(signing.consents().getFirst().id());
        wiped(0);
        sign(git, CODE, "");
        asked(2);
        server.forget(server.given.get(1).id());
        sign(git, CODE, "");
        asked(3);
        wiped(1);
    }

    @Test
    void lockedAgentSignsUnderNoConsent() throws Exception {
        person.takesOffers = true;
        sign(peer("/usr/bin/ssh", 40), LOGIN, HOST);
        lock.close(Secret.owning(new byte[] {1}));
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> sign(peer("/usr/bin/ssh", 40), LOGIN, HOST))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.AGENT_LOCKED));
        assertThat(server.signed).hasSize(1);
    }

    @Test
    void endOfTheAgentWipesItsConsents() throws Exception {
        person.takesOffers = true;
        sign(peer("/usr/bin/ssh", 40), LOGIN, HOST);
        signing.close();
        wiped(0);
    }

    @Test
    void pdfsigIsOfferedItsTwoSignaturesAndToldWhy() throws Exception {
        person.takesOffers = true;
        var pdfsig = peer("/usr/bin/pdfsig", 40);
        sign(pdfsig, DOCUMENT, "");
        sign(pdfsig, DOCUMENT, "");
        asked(1);
        var offer = person.asked.getFirst().offers().getFirst();
        assertThat(offer.words()).isEqualTo("this process: up to 2 signatures in 1 minute");
        assertThat(offer.why()).startsWith("pdfsig signs each document twice");
        sign(pdfsig, DOCUMENT, "");
        asked(2);
    }

    @Test
    void otherProgramsAreOfferedNothingForDocuments() throws Exception {
        person.takesOffers = true;
        sign(peer("/usr/bin/soffice", 40), DOCUMENT, "");
        assertThat(person.asked.getFirst().offers()).isEmpty();
        assertThat(server.given).isEmpty();
    }

    @Test
    void mistypedPinGivesNoConsent() throws Exception {
        person.takesOffers = true;
        person.pin = "1111";
        person.meanwhile = () -> person.pin = person.asked.size() < 2 ? "1111" : "2749";
        sign(peer("/usr/bin/ssh", 40), LOGIN, HOST);
        asked(2);
        assertThat(server.given).hasSize(1);
    }

    @Test
    void consentThatIsAskedForCoversAnyProgramOfTheSession() throws Exception {
        var custodian = peer("/usr/bin/custodian", 40);
        var offer = Offers.session(custodian, 50, Duration.ofMinutes(5));
        signing.grant(custodian, () -> true, CODE.credential(), offer);
        asked(1);
        assertThat(person.asked.getFirst().shown())
                .anyMatch(
                        line ->
                                line.what().equals("allowed ahead")
                                        && line.text()
                                                .equals(
                                                        "any program in the terminal session of bash, process 40: up to 50 signatures in 5 minutes"));
        for (int i = 0; i < 50; i++) {
            sign(peer("/usr/bin/ssh-keygen", 40), CODE, "");
        }
        asked(1);
        sign(peer("/usr/bin/ssh-keygen", 41), CODE, "");
        asked(2);
    }

    @Test
    void consentThatIsRefusedIsNotGivenAndDocumentsHaveNone() {
        var custodian = peer("/usr/bin/custodian", 40);
        var offer = Offers.process(custodian, 1, Duration.ofMinutes(1));
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(
                        () -> signing.grant(custodian, () -> true, DOCUMENT.credential(), offer))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.POLICY_REFUSED));
        asked(0);
        person.pin = "";
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> signing.grant(custodian, () -> true, CODE.credential(), offer))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(FailureKind.APPROVAL_REFUSED));
        assertThat(server.given).isEmpty();
    }

    /// A question that waits goes away once the answer to the one before covers it.
    @Test
    void manyLoginsAtOnceCostOnePin() throws Exception {
        var many = signing(new OneAtATime(new SlowPerson()));
        try (var pool = Executors.newCachedThreadPool()) {
            var all = new ArrayList<Future<List<Bytes>>>();
            for (int i = 0; i < 8; i++) {
                var request = request(peer("/usr/bin/ssh", 40), LOGIN, HOST);
                all.add(pool.submit(() -> many.sign(request)));
            }
            for (var one : all) {
                assertThat(one.get()).hasSize(1);
            }
        }
        assertThat(person.asked).hasSize(1);
        assertThat(server.signed).hasSize(8);
    }

    /// Takes the first offer once seven questions wait, and has not yet read the next one when it
    /// goes away.
    private final class SlowPerson implements Prompt {
        @Override
        public Answer ask(Question question, Watch watch) throws Refused {
            if (person.asked.isEmpty()) {
                await().until(() -> watch.waiting().size() == 7);
                person.takesOffers = true;
                return person.ask(question, watch);
            }
            await().until(() -> !watch.isWanted());
            throw new Refused(FailureKind.PROGRAM_REFUSED);
        }

        @Override
        public Secret enter(Entry entry, Watch watch) {
            throw new AssertionError();
        }

        @Override
        public void tell(Notice notice, Watch watch) {
            throw new AssertionError();
        }
    }
}
