package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Refresh tokens: each is good once, and only beside the device key (DESIGN §7, RFC 6749 §6, RFC
/// 9700 §4.14).
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RefreshTest {
    private static final String REFUSED =
            "400 invalid_grant: The assertion is not accepted [not-authenticated]";

    private TestServer server;
    private TestAgent agent;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = TestServer.start(folder);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void enrol() throws Exception {
        agent = server.enrol();
        agent.login();
    }

    // what must not be

    @Test
    void tokenThatIsUsedTwiceEndsTheLogin() throws Exception {
        var first = agent.refresh;
        assertThat(agent.refresh().status()).isEqualTo(200);
        assertThat(agent.refresh().status()).isEqualTo(200);
        var access = agent.token();
        assertThat(agent.isGood(access)).isTrue();

        assertThat(agent.refresh(first, agent.assertion(Map.of())).refusal()).isEqualTo(REFUSED);

        assertThat(agent.isGood(access)).as("all that came from it").isFalse();
        assertThat(agent.refresh().refusal()).isEqualTo(REFUSED);
        agent.login();
        assertThat(agent.isGood(agent.token())).as("a new login is another").isTrue();
    }

    @Test
    void copiedTokenWithAnotherKeyEndsTheLoginAfterAMinute() throws Exception {
        var stolen = agent.refresh;
        agent.refresh();
        var access = agent.token();
        server.clock.pass(Duration.ofSeconds(61));
        agent.restart();

        assertThat(agent.refresh(stolen, agent.assertion(Map.of())).refusal()).isEqualTo(REFUSED);
        assertThat(agent.refresh().refusal()).as("also for the first").isEqualTo(REFUSED);
        assertThat(agent.isGood(access)).isFalse();
    }

    @Test
    void anotherDevicesAssertionGetsNothingAndHurtsNobody() throws Exception {
        var eve = server.enrol();
        eve.login();
        assertThat(eve.refresh(agent.refresh, eve.assertion(Map.of())).refusal())
                .isEqualTo(REFUSED);
        assertThat(agent.refresh().status()).isEqualTo(200);
    }

    @Test
    void assertionCountsOnceAndForItsKeyAlone() throws Exception {
        var assertion = agent.assertion(Map.of());
        var before = agent.refresh;
        assertThat(agent.refresh(before, assertion).status()).isEqualTo(200);
        assertThat(agent.refresh(before, assertion).refusal()).isEqualTo(REFUSED);
        var foreign = agent.assertion(Map.of("cnf", Map.of("jkt", "x".repeat(43))));
        assertThat(agent.refresh(before, foreign).refusal()).isEqualTo(REFUSED);
        var late = agent.assertion(Map.of("aud", server.url() + "/elsewhere"));
        assertThat(agent.refresh(before, late).refusal()).isEqualTo(REFUSED);
        assertThat(agent.refresh().status()).as("the login goes on").isEqualTo(200);
    }

    @Test
    void whatIsNoTokenEndsNothing() throws Exception {
        var right = agent.refresh;
        for (var wrong :
                new String[] {
                    "ref_",
                    "ref_" + "A".repeat(64),
                    "ref_" + "A".repeat(65),
                    right.substring(1),
                    right + "A",
                    agent.token()
                }) {
            assertThat(agent.refresh(wrong, agent.assertion(Map.of())).refusal())
                    .isEqualTo(REFUSED);
        }
        assertThat(agent.refresh().status()).isEqualTo(200);
    }

    @Test
    void formWithoutItsPartsIsRefused() throws Exception {
        var form =
                Map.of(
                        "grant_type",
                        "refresh_token",
                        "refresh_token",
                        agent.refresh,
                        "client_assertion_type",
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                        "client_assertion",
                        agent.assertion(Map.of()));
        for (var missing : form.keySet()) {
            var less = new HashMap<>(form);
            less.remove(missing);
            assertThat(agent.oauth("/oauth2/token", less).refusal())
                    .isEqualTo(
                            "400 invalid_request: Missing parameter "
                                    + missing
                                    + " [not-authenticated]");
        }
    }

    @Test
    void loginEndsAfterThirtyDays() throws Exception {
        for (int day = 0; day < 29; day++) {
            server.clock.pass(Duration.ofDays(1));
            assertThat(agent.refresh().status()).isEqualTo(200);
        }
        assertThat(agent.refresh().body().path("refresh_expires_in").asInt())
                .isBetween(86_000, 86_400);
        server.clock.pass(Duration.ofDays(1));
        assertThat(agent.refresh().refusal()).isEqualTo(REFUSED);
    }

    // lost answers

    @Test
    void lostAnswerIsGivenAgainToTheSameKeyHoweverLate() throws Exception {
        var before = agent.refresh;
        var lost = agent.refresh(before, agent.assertion(Map.of()));
        server.clock.pass(Duration.ofHours(9));
        var again = agent.refresh();
        assertThat(again.text("refresh_token")).isEqualTo(lost.text("refresh_token"));
        assertThat(agent.isGood(agent.token())).isTrue();
        assertThat(agent.refresh().status()).isEqualTo(200);
    }

    @Test
    void processThatDiedOverItsAnswerGoesOnWithinAMinute() throws Exception {
        var before = agent.refresh;
        var lost = agent.refresh(before, agent.assertion(Map.of()));
        server.clock.pass(Duration.ofSeconds(59));
        agent.restart();
        assertThat(agent.refresh().status()).isEqualTo(200);
        assertThat(agent.isGood(agent.token())).isTrue();
        assertThat(agent.refresh(lost.text("refresh_token"), agent.assertion(Map.of())).status())
                .as("what the dead process had is worth nothing")
                .isEqualTo(400);
    }

    @Test
    void manyRefreshesAtOnceAreOne() throws Exception {
        var before = agent.refresh;
        var got = new HashSet<String>();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            var pending = new ArrayList<Future<TestAnswer>>();
            for (int i = 0; i < 20; i++) {
                pending.add(pool.submit(() -> agent.refresh(before, agent.assertion(Map.of()))));
            }
            for (var one : pending) {
                got.add(one.get().text("refresh_token"));
            }
        }
        assertThat(got).hasSize(1).doesNotContain("", before);
        agent.refresh = got.iterator().next();
        assertThat(agent.refresh().status()).isEqualTo(200);
    }

    // logging out

    @Test
    void revokedTokenEndsItsLogin() throws Exception {
        var path = "/oauth2/revoke";
        for (var which : new String[] {"refresh", "access", "spent"}) {
            agent.login();
            var spent = agent.refresh;
            agent.refresh();
            var token =
                    switch (which) {
                        case "refresh" -> agent.refresh;
                        case "access" -> agent.token();
                        default -> spent;
                    };
            assertThat(agent.oauth(path, Map.of("token", token)).status()).isEqualTo(200);
            assertThat(agent.isGood(agent.token())).as(which).isFalse();
            assertThat(agent.refresh().refusal()).as(which).isEqualTo(REFUSED);
            assertThat(agent.oauth(path, Map.of("token", token)).status())
                    .as("again")
                    .isEqualTo(200);
        }
    }

    @Test
    void strangeTokenRevokesNothing() throws Exception {
        var other = server.enrol();
        other.login();
        for (var token : new String[] {"ref_" + "A".repeat(64), "tok_x", "x"}) {
            assertThat(agent.oauth("/oauth2/revoke", Map.of("token", token)).status())
                    .isEqualTo(200);
        }
        assertThat(agent.oauth("/oauth2/revoke", Map.of()).status()).isEqualTo(400);
        assertThat(agent.isGood(agent.token())).isTrue();
        assertThat(other.isGood(other.token())).isTrue();
    }

    @Test
    void logoutOfOneLoginLeavesTheOthers() throws Exception {
        var first = agent.token();
        agent.login();
        agent.oauth("/oauth2/revoke", Map.of("token", agent.refresh));
        assertThat(agent.isGood(first)).isTrue();
    }
}
