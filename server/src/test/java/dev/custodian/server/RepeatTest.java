package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.Use;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A repeated request gets the same answer, and never a second signature (FORMATS §5).
final class RepeatTest {
    private static final int MANY = 100;
    private static final String ES256 = Scheme.ECDSA_SHA256.combinedOid();

    private TestServer server;
    private TestAgent agent;
    private Id credential;
    private Bytes digest;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
        agent = server.enrol();
        credential = server.credential(agent.owner(), KeyAlgorithm.P256);
        digest = agent.random(32);
        agent.login();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static List<TestAnswer> inParallel(Callable<TestAnswer> call) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<java.util.concurrent.Future<TestAnswer>>();
            for (int i = 0; i < MANY; i++) {
                running.add(threads.submit(call));
            }
            var answers = new ArrayList<TestAnswer>();
            for (var one : running) {
                answers.add(one.get());
            }
            return answers;
        }
    }

    @Test
    void sameApprovalInParallelIsOneAuthorization() throws Exception {
        var body = agent.approval(credential, digest).body();
        var answers = inParallel(() -> agent.csc("credentials/authorize", body));
        assertThat(answers).extracting(TestAnswer::refusal).containsOnly("200");
        assertThat(answers.stream().map(a -> a.text("SAD")).distinct()).hasSize(1);
        assertThat(count(Approval.class)).isEqualTo(1);
    }

    @Test
    void sameRequestInParallelIsOneSigning() throws Exception {
        var sad = agent.authorize(credential, digest);
        var body = TestAgent.signing(credential, sad, ES256, digest);
        var answers = inParallel(() -> agent.csc("signatures/signHash", body));
        assertThat(answers).extracting(TestAnswer::refusal).containsOnly("200");
        assertThat(answers.stream().map(a -> a.body().path("signatures")).distinct()).hasSize(1);
        assertThat(server.signings).hasValue(1);
        assertThat(count(Use.class)).isEqualTo(1);

        // and long after
        var later = agent.csc("signatures/signHash", body);
        assertThat(later.body().path("signatures"))
                .isEqualTo(answers.getFirst().body().path("signatures"));
        assertThat(server.signings).hasValue(1);
    }

    @Test
    void approvalAgainAfterTheSignatureGivesTheSameAuthorization() throws Exception {
        var body = agent.approval(credential, digest).body();
        var first = agent.csc("credentials/authorize", body);
        var signing = TestAgent.signing(credential, first.text("SAD"), ES256, digest);
        var signed = agent.csc("signatures/signHash", signing);
        var second = agent.csc("credentials/authorize", body);
        assertThat(second.text("SAD")).isEqualTo(first.text("SAD")).isNotEmpty();
        assertThat(agent.csc("signatures/signHash", signing).body().path("signatures"))
                .isEqualTo(signed.body().path("signatures"));
        assertThat(server.signings).hasValue(1);
    }

    @Test
    void sameDigestApprovedTwiceInOneSecondIsTwoApprovals() throws Exception {
        var first = agent.authorize(credential, digest);
        var second = agent.authorize(credential, digest);
        assertThat(second).isNotEqualTo(first).isNotEmpty();
        assertThat(count(Approval.class)).isEqualTo(2);
    }

    @Test
    void enrolmentAgainGivesTheSameAnswer() throws Exception {
        var newcomer = new TestAgent(server.url(), server.clock);
        var enrolment = newcomer.enrolment(server.invite());
        var first = newcomer.post("/enrol", enrolment);
        var second = newcomer.post("/enrol", enrolment);
        assertThat(first.refusal()).isEqualTo("200");
        for (var name : List.of("owner", "device", "slot")) {
            assertThat(second.text(name)).isEqualTo(first.text(name)).isNotEmpty();
        }
        assertThat(second.body().path("record")).isEqualTo(first.body().path("record"));
    }

    @Test
    void invitationIsGoodForOneDevice() throws Exception {
        var invitation = server.invite();
        assertThat(new TestAgent(server.url(), server.clock).enrol(invitation).refusal())
                .isEqualTo("200");
        assertThat(new TestAgent(server.url(), server.clock).enrol(invitation).refusal())
                .startsWith("403 access_denied: ")
                .endsWith("[invitation-refused]");
    }

    private long count(Class<? extends JournalRecord> kind) throws Exception {
        var page = agent.csc("journal/records", Map.of("chain", credential.text()));
        long count = 0;
        for (var item : page.body().path("records")) {
            var record = JournalRecord.parse(Bytes.fromBase64Url(item.path("record").asString()));
            if (kind.isInstance(record)) {
                count++;
            }
        }
        return count;
    }
}
