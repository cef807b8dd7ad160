package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Hashes;
import dev.custodian.core.Purpose;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.link.AgentSocket;
import dev.custodian.link.LinkClient;
import dev.custodian.link.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One agent and one server for an hour of signatures by all three doors, refusals and garbage:
/// nothing fails, and the agent's memory, threads and file descriptors stay as they were. `make
/// soak` runs it.
///
/// Environment: `MINUTES` (60).
class AgentSoak {
    private static final int AHEAD = 20;
    private static final List<String> SOCKETS = List.of("ssh.sock", "p11.sock", "agent.sock");

    /// The first part of the rounds warms up; what is taken then is what must not grow.
    private static final int WARM = 4;

    private static final int MORE_MEGABYTES = 32;
    private static final int MORE_FILES = 8;
    private static final int MORE_THREADS = 8;

    @TempDir Path scratch;

    private Installation installation;
    private Serving serving;
    private AgentProcess agent;
    private String code = "";
    private int round;
    private long signatures;
    private long refusals;
    private long garbage;

    private static int minutes() {
        var text = System.getenv("MINUTES");
        return text == null || text.isEmpty() ? 60 : Integer.parseInt(text);
    }

    @Test
    void agentIsAfterAnHourAsItWasAtFirst() throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(minutes()).toNanos();
        var usages = new ArrayList<Usage>();
        while (System.nanoTime() - end < 0) {
            round++;
            round();
            usages.add(Usage.of(agent.pid()));
        }
        var warm = most(usages.subList(0, usages.size() / WARM));
        var last = most(usages.subList(usages.size() - usages.size() / WARM, usages.size()));
        System.out.printf(
                "soak of the agent: %d rounds, %d signatures, %d refusals, %d connections with"
                        + " garbage; most in the first quarter of the rounds %s, in the last"
                        + " %s%n",
                round, signatures, refusals, garbage, warm, last);
        assertThat(usages).hasSizeGreaterThan(WARM);
        assertThat(last.megabytes()).isLessThanOrEqualTo(warm.megabytes() + MORE_MEGABYTES);
        assertThat(last.files()).isLessThanOrEqualTo(warm.files() + MORE_FILES);
        assertThat(last.threads()).isLessThanOrEqualTo(warm.threads() + MORE_THREADS);
        assertThat(installation.command("journal", "verify").number("signed", 0, Long.MAX_VALUE))
                .isEqualTo(signatures);
    }

    @BeforeEach
    void start() throws Exception {
        installation = Installation.in(scratch);
        serving = installation.serve();
        var device =
                OwnerDevice.enrol(installation.invite(serving.url()), scratch.resolve("device"));
        code =
                installation
                        .credentials(Custody.OWNER_SEALED, Purpose.CODE, device.owner(), "P-256")
                        .getFirst()
                        .id()
                        .text();
        installation.credentials(device.owner(), "P-256");
        agent = AgentProcess.start(scratch);
        agent.willAnswer("");
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> ssh("ssh-add", "-L").exit() == 0);
        Files.writeString(scratch.resolve("key.pub"), ssh("ssh-add", "-L").orFail().out());
    }

    @AfterEach
    void stop() throws Exception {
        agent.close();
        serving.close();
    }

    private static Usage most(List<Usage> usages) {
        return new Usage(
                usages.stream().mapToInt(Usage::files).max().orElseThrow(),
                usages.stream().mapToInt(Usage::threads).max().orElseThrow(),
                usages.stream().mapToInt(Usage::megabytes).max().orElseThrow());
    }

    private Program.Ran ssh(String... line) throws Exception {
        return Program.run(
                scratch,
                Map.of("SSH_AUTH_SOCK", agent.socket().toString(), "HOME", scratch.toString()),
                List.of(line));
    }

    private Path socket(String name) {
        return scratch.resolve("sockets").resolve(name);
    }

    private Bytes digest(String what) {
        return Hashes.sha256(Bytes.utf8(round + " " + what));
    }

    private void round() throws Exception {
        agent.willAnswer("");
        assertThat(sshSign().exit()).isNotZero();
        refusals++;

        agent.willAnswer(OwnerDevice.PIN);
        sshSign().orFail();
        signatures++;
        try (var p11 = P11Program.at(socket("p11.sock"))) {
            p11.ask(p11.key("document-p-256"), digest("p11"));
            assertThat(p11.outcome()).isZero();
            signatures++;
        }
        var socket = socket("agent.sock");
        try (var link =
                LinkClient.connect(new AgentSocket(socket, Files.getOwner(socket)), "it", "1")) {
            sign(link, "link");
            link.grant(
                    new Request.GrantConsent(
                            code,
                            ProcessHandle.current().pid(),
                            AHEAD,
                            Duration.ofMinutes(10),
                            Duration.ofMinutes(2)));
            for (int i = 0; i < AHEAD; i++) {
                sign(link, "ahead " + i);
            }
        }
        assertThat(agent.asked()).hasSize(4);
        throwGarbage(new Random(round));
    }

    private Program.Ran sshSign() throws Exception {
        Files.writeString(scratch.resolve("letter"), "round " + round + "\n");
        Files.deleteIfExists(scratch.resolve("letter.sig"));
        return ssh("ssh-keygen", "-Y", "sign", "-n", "file", "-f", "key.pub", "letter");
    }

    private void sign(LinkClient link, String what) throws Exception {
        var signed =
                link.sign(
                        new Request.Sign(
                                code,
                                SignatureScheme.of(Scheme.ECDSA_SHA256),
                                List.of(digest(what)),
                                Request.Context.NONE,
                                false,
                                Duration.ofMinutes(2)));
        signatures += signed.size();
    }

    /// More at a time than a door serves, of which some stay to the end of it.
    private void throwGarbage(Random random) throws IOException {
        var staying = new ArrayList<Wire>();
        for (var socket : SOCKETS) {
            for (int i = 0; i < 100; i++) {
                var wire = Wire.to(socket(socket));
                staying.add(wire);
                var octets = new byte[random.nextInt(1, 64)];
                random.nextBytes(octets);
                // a length that a door may believe, in every other one
                if (i % 2 == 0) {
                    octets[0] = 0;
                }
                wire.write(Bytes.of(octets));
                garbage++;
            }
        }
        for (var wire : staying) {
            wire.close();
        }
    }
}
