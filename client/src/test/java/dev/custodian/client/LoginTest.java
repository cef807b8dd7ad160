package dev.custodian.client;

import static dev.custodian.client.Pairing.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.client.DeviceSession.State;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a login outlives, and what ends it (DESIGN §7).
class LoginTest {
    private static final String LIST = "/csc/v2/credentials/list";
    private static final String TOKEN = "/oauth2/token";

    @TempDir Path scratch;

    private FakeServer server;
    private Pairing pairing;
    private TestClock clock;
    private DeviceSession session;

    @BeforeEach
    void pair() throws Exception {
        server = new FakeServer();
        pairing = new Pairing(server, scratch);
        clock = new TestClock();
        server.clock = clock;
        session = session(clock, null);
    }

    @AfterEach
    void close() {
        session.close();
        pairing.close();
    }

    private DeviceSession session(Clock ours, @Nullable SessionFile file) throws Refused {
        return session(ours, pairing.device, file);
    }

    private DeviceSession session(Clock ours, DeviceSigner device, @Nullable SessionFile file)
            throws Refused {
        var known = pairing.memory.now();
        var pinned = PinnedServer.meet(known.server(), known.thumbprint(), ours);
        return new DeviceSession(
                pinned, pairing.memory, device, new SecureRandom(), Pairing.FEW, file);
    }

    private List<Credential> list() throws Refused {
        return list(session);
    }

    private static List<Credential> list(DeviceSession session) throws Refused {
        return new Credentials(session).list();
    }

    private FakeTokens tokens() {
        return server.behind.tokens;
    }

    private long asked(String path) {
        return server.asked.stream().filter(path::equals).count();
    }

    // what ends it

    @Test
    void refreshTokenThatWasUsedTwiceMeansToLogInAgain() throws Exception {
        list();
        assertThat(session.status().state()).isEqualTo(State.LOGGED_IN);
        tokens().end();

        refused(FailureKind.NOT_AUTHENTICATED, "ended the login", this::list);
        assertThat(session.status().state()).isEqualTo(State.MUST_LOG_IN);
        var asked = asked(TOKEN);
        refused(FailureKind.NOT_AUTHENTICATED, "no login", this::list);
        assertThat(asked(TOKEN)).as("nobody logs in by itself").isEqualTo(asked);

        session.login();
        assertThat(list()).hasSize(2);
        assertThat(session.status().state()).isEqualTo(State.LOGGED_IN);
        assertThat(tokens().logins).isEqualTo(2);
    }

    @Test
    void logoutIsToldToTheServerAndHolds() throws Exception {
        list();
        session.logout();
        assertThat(tokens().revocations).isEqualTo(1);
        assertThat(session.status().state()).isEqualTo(State.MUST_LOG_IN);
        var asked = server.asked.size();
        refused(FailureKind.NOT_AUTHENTICATED, "no login", this::list);
        session.logout();
        assertThat(server.asked).as("there is nothing to tell").hasSize(asked);
    }

    @Test
    void logoutHoldsThoughTheServerCannotBeTold() throws Exception {
        list();
        server.mishaps.put("/oauth2/revoke", Collections.nCopies(4, 0));
        refused(FailureKind.SERVER_UNREACHABLE, "", session::logout);
        assertThat(session.status().state()).isEqualTo(State.MUST_LOG_IN);
        refused(FailureKind.NOT_AUTHENTICATED, "no login", this::list);
    }

    @Test
    void loginThatRunsOutMeansToLogInAgain() throws Exception {
        list();
        clock.pass(Duration.ofDays(1));
        assertThat(session.status().state()).isEqualTo(State.MUST_LOG_IN);
    }

    @Test
    void answerWithoutRefreshTokenIsRefused() {
        server.lies.put(
                TOKEN,
                answer -> {
                    answer.remove("refresh_token");
                    return answer;
                });
        refused(FailureKind.PROTOCOL_BROKEN, "refresh_token", this::list);
        server.lies.put(TOKEN, answer -> answer.put("refresh_token", "a\nb"));
        refused(FailureKind.PROTOCOL_BROKEN, "fits no header", this::list);
    }

    // what it outlives

    @Test
    void expiredAccessTokenIsRefreshed() throws Exception {
        list();
        clock.pass(Duration.ofMinutes(11));
        assertThat(list()).hasSize(2);
        assertThat(tokens().logins).isEqualTo(1);
        assertThat(tokens().refreshes).isEqualTo(1);
    }

    /// As after SIGSTOP and SIGCONT: every token, nonce and statement has run out.
    @Test
    void hoursInWhichItIsStoppedCostNothing() throws Exception {
        list();
        clock.pass(Duration.ofHours(9));
        tokens().forget();
        server.behind.dpopNonce = "nonce-2";
        assertThat(list()).hasSize(2);
        assertThat(tokens().logins).isEqualTo(1);
    }

    @Test
    void serverThatHasForgottenItsTokensIsNoMatter() throws Exception {
        list();
        tokens().forget();
        server.behind.dpopNonce = "nonce-2";
        server.mishaps.put(LIST, List.of(0, 503));
        assertThat(list()).hasSize(2);
        assertThat(tokens().logins).isEqualTo(1);
    }

    @Test
    void lostAnswersToARefreshCostNoLogin() throws Exception {
        list();
        clock.pass(Duration.ofMinutes(11));
        server.mishaps.put(TOKEN, List.of(0, 503, 0));
        assertThat(list()).hasSize(2);
        clock.pass(Duration.ofMinutes(11));
        assertThat(list()).hasSize(2);
        assertThat(tokens().logins).isEqualTo(1);
        assertThat(tokens().refreshes).isEqualTo(2);
    }

    @Test
    void clockThatIsFiveMinutesOffIsNoMatter() throws Exception {
        for (var off : List.of(Duration.ofMinutes(5), Duration.ofMinutes(-5))) {
            try (var other = session(Clock.offset(clock, off), null)) {
                assertThat(list(other)).hasSize(2);
                assertThat(other.status().state()).isEqualTo(State.LOGGED_IN);
            }
        }
        assertThat(tokens().logins).isEqualTo(2);
    }

    @Test
    void clockThatIsSetWhileItRunsIsNoMatter() throws Exception {
        var ours = new TestClock();
        try (var other = session(ours, null)) {
            list(other);
            for (var jump : List.of(Duration.ofMinutes(20), Duration.ofMinutes(-40))) {
                ours.pass(jump);
                tokens().forget();
                assertThat(list(other)).hasSize(2);
            }
        }
        assertThat(tokens().logins).as("no needless login").isEqualTo(1);
    }

    @Test
    void manyCallsAtOnceRefreshOnce() throws Exception {
        list();
        clock.pass(Duration.ofMinutes(11));
        try (var threads = Executors.newFixedThreadPool(16)) {
            var pending = new ArrayList<Future<List<Credential>>>();
            for (int i = 0; i < 16; i++) {
                pending.add(threads.submit(() -> list()));
            }
            for (var one : pending) {
                assertThat(one.get()).hasSize(2);
            }
        }
        assertThat(tokens().refreshes).isEqualTo(1);
    }

    @Test
    void serverThatIsAwayIsSaidAndForgotten() throws Exception {
        list();
        server.mishaps.put(LIST, Collections.nCopies(4, 0));
        refused(FailureKind.SERVER_UNREACHABLE, "", this::list);
        var status = session.status();
        assertThat(status.state()).isEqualTo(State.UNREACHABLE);
        assertThat(status.detail()).contains("cut");
        assertThat(status.until()).isAfter(clock.instant());
        list();
        assertThat(session.status().state()).isEqualTo(State.LOGGED_IN);
    }

    // from one run to the next

    @Test
    void keptLoginGoesOnInTheNextRun() throws Exception {
        var file = scratch.resolve("session");
        try (var first = session(clock, SessionFile.at(file))) {
            assertThat(first.status().state()).isEqualTo(State.MUST_LOG_IN);
            refused(FailureKind.NOT_AUTHENTICATED, "no login", () -> list(first));
            first.login();
            list(first);
        }
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (var second = session(clock, SessionFile.at(file))) {
            assertThat(second.status().state()).isEqualTo(State.LOGGED_IN);
            assertThat(list(second)).hasSize(2);
            assertThat(tokens().logins).isEqualTo(1);
            assertThat(tokens().refreshes).isEqualTo(1);
            second.logout();
        }
        try (var third = session(clock, SessionFile.at(file))) {
            assertThat(third.status().state()).isEqualTo(State.MUST_LOG_IN);
        }
    }

    @Test
    void copiedFileIsWorthNothingWithoutTheDeviceKey() throws Exception {
        var file = scratch.resolve("session");
        try (var first = session(clock, SessionFile.at(file))) {
            first.login();
        }
        var copy = Files.copy(file, scratch.resolve("copy"));
        try (var thief = session(clock, FakeServer.newKey(), SessionFile.at(copy))) {
            refused(FailureKind.NOT_AUTHENTICATED, "", () -> list(thief));
        }
        try (var again = session(clock, SessionFile.at(file))) {
            assertThat(list(again)).as("and hurts nobody").hasSize(2);
        }
    }

    @Test
    void fileThatOthersMayReadOrThatIsDamagedIsRefused() throws Exception {
        var file = scratch.resolve("session");
        try (var first = session(clock, SessionFile.at(file))) {
            first.login();
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        refused(FailureKind.KEY_FILE_EXPOSED, "chmod 600", () -> SessionFile.at(file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(file, "{}", StandardCharsets.UTF_8);
        refused(FailureKind.KEY_FILE_UNUSABLE, "", () -> SessionFile.at(file));
    }

    /// Turns the octets around: keeps nothing secret, but no plain file passes for a sealed one.
    private record Turned() implements SessionFile.Seal {
        @Override
        public Secret seal(Secret plain) {
            var octets = plain.expose().clone();
            for (int i = 0; i < octets.length; i++) {
                octets[i] ^= 0x5a;
            }
            return Secret.owning(octets);
        }

        @Override
        public Secret open(Secret sealed) {
            return seal(sealed);
        }
    }

    @Test
    void sealedFileHoldsNoTokenAndGoesOn() throws Exception {
        var file = scratch.resolve("session");
        try (var first = session(clock, SessionFile.at(file, new Turned()))) {
            first.login();
        }
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain("refresh");
        refused(FailureKind.KEY_FILE_UNUSABLE, "", () -> SessionFile.at(file));
        try (var second = session(clock, SessionFile.at(file, new Turned()))) {
            assertThat(list(second)).hasSize(2);
            assertThat(tokens().logins).isEqualTo(1);
        }
    }

    @Test
    void nothingPrintsAToken() throws Exception {
        var file = scratch.resolve("session");
        var kept = SessionFile.at(file);
        try (var first = session(clock, kept)) {
            first.login();
            assertThat(first.status() + " " + kept.now())
                    .doesNotContain("refresh-")
                    .doesNotContain("token-");
        }
    }
}
