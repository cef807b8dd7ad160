package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Hashes;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.link.AgentSocket;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import dev.custodian.link.SessionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Programs that mean no good, or die, at the three sockets of the shipped agent.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestMethodOrder(OrderAnnotation.class)
class HostileIT {
    private static final List<String> SOCKETS = List.of("ssh.sock", "p11.sock", "agent.sock");
    private static final int FLOOD = 1000;

    /// Programs of fifty that wait for the person.
    private static final int HELD = 14;

    /// Connections that a socket serves at a time.
    private static final int SERVED = 64;

    @TempDir static Path scratch;

    private static Installation installation;
    private static Serving serving;
    private static AgentProcess agent;
    private static String code = "";
    private static String document = "";
    private static String key = "";
    private static String otherKey = "";

    @BeforeAll
    static void start() throws Exception {
        installation = Installation.in(scratch);
        serving = installation.serve();
        var device =
                OwnerDevice.enrol(installation.invite(serving.url()), scratch.resolve("device"));
        code =
                installation
                        .credentials(
                                Custody.OWNER_SEALED,
                                Purpose.CODE,
                                device.owner(),
                                "P-256",
                                "P-384")
                        .getFirst()
                        .id()
                        .text();
        document = installation.credentials(device.owner(), "P-256").getFirst().text();
        agent = startAgent();
        var keys = run("ssh-add", "-L").orFail().out().lines().toList();
        key = keys.stream().filter(one -> one.contains("nistp256")).findFirst().orElseThrow();
        otherKey = keys.stream().filter(one -> one.contains("nistp384")).findFirst().orElseThrow();
        Files.writeString(scratch.resolve("key.pub"), key + "\n");
        Files.writeString(scratch.resolve("letter"), "Dear Charles,\n");
    }

    private static AgentProcess startAgent() throws Exception {
        var started = AgentProcess.start(scratch);
        started.willAnswer("");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> run("ssh-add", "-L").out().lines().count() == 2);
        return started;
    }

    @AfterAll
    static void stop() throws Exception {
        agent.release();
        agent.close();
        serving.close();
    }

    private static Program.Ran run(String... line) throws Exception {
        return Program.run(
                scratch,
                Map.of("SSH_AUTH_SOCK", socket("ssh.sock").toString(), "HOME", scratch.toString()),
                List.of(line));
    }

    private static Program.Ran sign() throws Exception {
        Files.deleteIfExists(scratch.resolve("letter.sig"));
        return run("ssh-keygen", "-Y", "sign", "-n", "file", "-f", "key.pub", "letter");
    }

    private static Path socket(String name) {
        return scratch.resolve("sockets").resolve(name);
    }

    private static LinkClient link() throws Exception {
        var socket = socket("agent.sock");
        return LinkClient.connect(new AgentSocket(socket, Files.getOwner(socket)), "it", "1");
    }

    private static Request.Sign asking(String credential, String message) {
        return new Request.Sign(
                credential,
                SignatureScheme.of(Scheme.ECDSA_SHA256),
                List.of(digest(message)),
                Request.Context.NONE,
                false,
                Duration.ofMinutes(2));
    }

    private static Bytes digest(String message) {
        return Hashes.sha256(Bytes.utf8(message));
    }

    /// Signatures that the journal knows of; fails when the journal does not hold together, such as
    /// by a use without an approval.
    private static long signed() throws Exception {
        return installation.command("journal", "verify").number("signed", 0, Long.MAX_VALUE);
    }

    // 1,000 connections

    private static Bytes half(String socket) {
        return switch (socket) {
            case "ssh.sock" -> Bytes.fromHex("0000");
            // a version, and a call that is to be 1 MiB long
            case "p11.sock" -> Bytes.fromHex("00000000010000000000100000");
            default -> Bytes.fromHex("00100000");
        };
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    @Order(1)
    void thousandConnectionsToEachSocketKeepNobodyOut(boolean half) throws Exception {
        agent.willAnswer(OwnerDevice.PIN);
        sign().orFail();
        var before = Usage.of(agent.pid());
        var flood = new ArrayList<Wire>();
        for (var socket : SOCKETS) {
            for (int i = 0; i < FLOOD; i++) {
                var one = Wire.to(socket(socket));
                flood.add(one);
                if (half) {
                    one.write(half(socket));
                }
            }
        }
        sign().orFail();
        try (var link = link();
                var p11 = P11Program.at(socket("p11.sock"))) {
            assertThat(link.status().state()).isEqualTo(SessionState.LOGGED_IN);
            p11.ask(p11.key("document-p-256"), digest("a" + half));
            assertThat(p11.outcome()).isZero();
        }
        var under = Usage.of(agent.pid());
        int most = SOCKETS.size() * SERVED;
        assertThat(under.threads()).isLessThanOrEqualTo(before.threads() + most + 10);
        assertThat(under.files()).isLessThanOrEqualTo(before.files() + most + 20);
        assertThat(under.megabytes()).isLessThan(350);
        assertThat(agent.log())
                .contains("64 connections at a time: one that asks nothing is ended, of process");
        for (var one : flood) {
            one.close();
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> {
                            var after = Usage.of(agent.pid());
                            assertThat(after.files()).isLessThanOrEqualTo(before.files() + 4);
                            assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 4);
                        });
    }

    @Test
    @Order(2)
    void agentThatRunsOutOfFileNumbersServesAgain() throws Exception {
        int files = Usage.of(agent.pid()).files();
        limitFiles(files + 8);
        var flood = new ArrayList<Wire>();
        for (int i = 0; i < SERVED; i++) {
            flood.add(Wire.to(socket("ssh.sock")));
        }
        // to look at who asks takes a number too: who cannot be looked at is not served
        var refused = "ssh.sock: program-refused: Process " + ProcessHandle.current().pid();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> agent.log().contains(refused));
        for (var one : flood) {
            one.close();
        }
        limitFiles(4096);
        assertThat(run("ssh-add", "-L").orFail().out().lines()).hasSize(2);
    }

    private static void limitFiles(int most) throws Exception {
        Program.run("prlimit", "--pid", "" + agent.pid(), "--nofile=" + most + ":").orFail();
    }

    // clients that die

    private static void awaitQuestion() {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> agent.asked().size() == 1);
    }

    private static void goesAndSignsNothing(Callable<AutoCloseable> asking) throws Exception {
        long before = signed();
        agent.willAnswer(OwnerDevice.PIN);
        agent.hold();
        try (var _ = asking.call()) {
            awaitQuestion();
            assertThat(agent.isAsking()).isTrue();
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !agent.isAsking());
        agent.release();
        assertThat(signed()).isEqualTo(before);
    }

    @Test
    @Order(3)
    void questionGoesWithTheProgramThatWasKilled() throws Exception {
        Files.deleteIfExists(scratch.resolve("letter.sig"));
        goesAndSignsNothing(
                () -> {
                    var builder =
                            new ProcessBuilder(
                                            List.of(
                                                    "ssh-keygen",
                                                    "-Y",
                                                    "sign",
                                                    "-n",
                                                    "file",
                                                    "-f",
                                                    "key.pub",
                                                    "letter"))
                                    .directory(scratch.toFile());
                    builder.environment().put("SSH_AUTH_SOCK", socket("ssh.sock").toString());
                    var program = builder.start();
                    return () -> program.destroyForcibly().waitFor();
                });
        assertThat(scratch.resolve("letter.sig")).doesNotExist();
    }

    @Test
    @Order(4)
    void questionGoesWithTheConnection() throws Exception {
        goesAndSignsNothing(
                () -> {
                    var p11 = P11Program.at(socket("p11.sock"));
                    p11.ask(p11.key("document-p-256"), digest("dies"));
                    return p11;
                });
        goesAndSignsNothing(
                () -> {
                    var link = link();
                    Thread.ofPlatform().daemon().start(() -> outcome(link, code, "dies"));
                    return link;
                });
    }

    private static String outcome(LinkClient link, String credential, String message) {
        try {
            return link.sign(asking(credential, message)).isEmpty() ? "nothing" : "signed";
        } catch (Refused e) {
            return e.kind().id();
        }
    }

    // killed

    @Test
    @Order(5)
    void killedWithFiftyRequestsUnderWayNothingIsSignedWithoutAQuestion() throws Exception {
        long before = signed();
        agent.willAnswer(OwnerDevice.PIN);
        try (var link = link()) {
            link.grant(
                    new Request.GrantConsent(
                            code,
                            ProcessHandle.current().pid(),
                            4000,
                            Duration.ofHours(1),
                            Duration.ofMinutes(2)));
        }
        agent.willAnswer(OwnerDevice.PIN);
        agent.hold();
        var got = new AtomicInteger();
        try (var threads = Executors.newCachedThreadPool()) {
            var ends = new ArrayList<Callable<String>>();
            for (int i = 0; i < 50; i++) {
                int had = got.get();
                var end = threads.submit(program(i, got));
                ends.add(() -> end.get(60, TimeUnit.SECONDS));
                if (i >= HELD) {
                    awaitMore(got, had);
                }
            }
            awaitQuestion();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> got.get() >= 30);
            agent.kill();
            for (var end : ends) {
                assertThat(end.call()).as(agent.log()).isIn("ended", "agent-unreachable");
            }
        }
        agent.release();

        agent = startAgent();
        assertThat(sign().exit()).isNotZero();
        assertThat(agent.asked()).as("a restarted agent asks again").hasSize(1);
        long signed = signed() - before;
        assertThat(signed)
                .as("of what was signed, all that had come")
                .isGreaterThanOrEqualTo(got.get());
        assertThat(signed).as("under way").isLessThanOrEqualTo(got.get() + 50);
        agent.willAnswer(OwnerDevice.PIN);
        sign().orFail();
        assertThat(signed() - before).isEqualTo(signed + 1);
    }

    /// Each program has the agent open a connection to the server, and a small machine that has
    /// other things to do is not done with fifty at once before the first ones are given up.
    private static void awaitMore(AtomicInteger got, int had) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> got.get() > had);
    }

    /// One that signs under the consent again and again, or waits for the person: until its end.
    private static Callable<String> program(int i, AtomicInteger got) {
        return switch (i) {
            case 0, 1, 2, 3, 4 -> () -> untilItsEnd(() -> ssh(otherKey, "held" + i, got));
            case 5, 6, 7, 8, 9 -> () -> untilItsEnd(() -> p11("document-p-256", "held" + i, got));
            case 10, 11, 12, 13 -> () -> linked(link -> outcome(link, document, "held" + i));
            default ->
                    switch (i % 3) {
                        case 0 -> () -> untilItsEnd(() -> ssh(key, "ahead" + i, got));
                        case 1 -> () -> untilItsEnd(() -> p11("code-p-256", "ahead" + i, got));
                        default -> () -> linked(link -> ahead(link, "ahead" + i, got));
                    };
        };
    }

    private interface Talk {
        void run() throws Exception;
    }

    private static String untilItsEnd(Talk talk) throws Exception {
        try {
            talk.run();
            return "refused";
        } catch (IOException e) {
            return "ended";
        }
    }

    private static void ssh(String with, String message, AtomicInteger got) throws Exception {
        try (var ssh = SshProgram.at(socket("ssh.sock"))) {
            for (int i = 0; ; i++) {
                ssh.ask(with, message + " " + i);
                if (!ssh.isSigned()) {
                    return;
                }
                got.incrementAndGet();
            }
        }
    }

    private static void p11(String label, String message, AtomicInteger got) throws Exception {
        try (var p11 = P11Program.at(socket("p11.sock"))) {
            long with = p11.key(label);
            for (int i = 0; ; i++) {
                p11.ask(with, digest(message + " " + i));
                if (p11.outcome() != 0) {
                    return;
                }
                got.incrementAndGet();
            }
        }
    }

    private interface LinkTalk {
        String run(LinkClient link);
    }

    /// The agent may be gone before the link is there.
    private static String linked(LinkTalk talk) throws Exception {
        try (var link = link()) {
            return talk.run(link);
        } catch (Refused e) {
            return e.kind().id();
        }
    }

    private static String ahead(LinkClient link, String message, AtomicInteger got) {
        for (int i = 0; ; i++) {
            var outcome = outcome(link, code, message + " " + i);
            if (!outcome.equals("signed")) {
                return outcome;
            }
            got.incrementAndGet();
        }
    }

    // one that asks without end; the last, since this process is told no

    @Test
    @Order(6)
    void tenThousandSignaturesAskedForAreOneQuestion() throws Exception {
        agent.willAnswer("");
        try (var p11 = P11Program.at(socket("p11.sock"))) {
            var refused = p11.askAtOnce(10_000, p11.key("document-p-256"));
            assertThat(refused.values().stream().mapToInt(one -> one).sum()).isEqualTo(10_000);
            // the second: more of them at a time than the door takes
            assertThat(refused.keySet())
                    .isSubsetOf(P11Program.FUNCTION_CANCELED, P11Program.FUNCTION_FAILED);
        }
        assertThat(agent.asked()).hasSize(1);
    }
}
