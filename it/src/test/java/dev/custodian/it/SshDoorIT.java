package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Custody;
import dev.custodian.core.Purpose;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// OpenSSH and git, unmodified, with keys that live on the server: the shipped agent between them.
@TestMethodOrder(OrderAnnotation.class)
class SshDoorIT {
    @TempDir static Path scratch;

    private static Serving serving;
    private static AgentProcess agent;
    private static SshDaemon daemon;

    @BeforeAll
    static void start() throws Exception {
        var installation = Installation.in(scratch);
        serving = installation.serve();
        var device =
                OwnerDevice.enrol(installation.invite(serving.url()), scratch.resolve("device"));
        make(installation, device, Purpose.LOGIN, "P-256", "RSA-3072");
        make(installation, device, Purpose.CODE, "P-384");
        make(installation, device, Purpose.DOCUMENT, "P-521");
        daemon = SshDaemon.start(scratch);
        agent = AgentProcess.start(scratch);
        agent.willAnswer("");
        awaitKeys();
        var keys = run("ssh-add", "-L").orFail().out();
        for (var line : keys.lines().toList()) {
            Files.writeString(scratch.resolve(kind(line) + ".pub"), line + "\n");
        }
        daemon.authorize(keys);
    }

    private static void make(
            Installation installation, OwnerDevice device, Purpose purpose, String... keys)
            throws Exception {
        installation.credentials(Custody.OWNER_SEALED, purpose, device.owner(), keys);
    }

    private static String kind(String line) {
        return line.startsWith("ssh-rsa") ? "rsa" : line.contains("nistp256") ? "p256" : "code";
    }

    private static void awaitKeys() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> run("ssh-add", "-L").out().lines().count() == 3);
    }

    @AfterAll
    static void stop() throws Exception {
        agent.close();
        daemon.close();
        serving.close();
    }

    private static Program.Ran run(String... line) throws Exception {
        return run(List.of(line));
    }

    private static Program.Ran run(List<String> line) throws Exception {
        return Program.run(
                scratch,
                Map.of("SSH_AUTH_SOCK", agent.socket().toString(), "HOME", scratch.toString()),
                line);
    }

    private static Path key(String name) {
        return scratch.resolve(name + ".pub");
    }

    @Test
    @Order(1)
    void noIsNo() throws Exception {
        agent.willAnswer("");
        var ran = run(daemon.login(key("p256")));
        assertThat(ran.exit()).isNotZero();
        assertThat(ran.err()).contains("Permission denied");
        assertThat(agent.asked()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"p256", "rsa"})
    @Order(2)
    void loginWorksAndTheQuestionSaysWhoAndWhere(String name) throws Exception {
        agent.willAnswer(OwnerDevice.PIN);
        assertThat(run(daemon.login(key(name))).orFail().out()).isEqualTo("worked\n");
        assertThat(agent.asked()).hasSize(1);
        assertThat(agent.asked().getFirst())
                .startsWith("Log in for ssh, process ")
                .contains("|program (reported):|    /usr/bin/ssh, process ")
                .contains("|host key (computed here):|    " + daemon.fingerprint() + "|")
                .contains("|user there (computed here):|    " + System.getProperty("user.name"))
                .contains("|custody (reported):|    owner-sealed: needs your PIN and this device");
    }

    @Test
    @Order(3)
    void keyForCodeDoesNotLogInAndAsksNobody() throws Exception {
        agent.willAnswer(OwnerDevice.PIN);
        assertThat(run(daemon.login(key("code"))).err()).contains("Permission denied");
        assertThat(agent.asked()).isEmpty();
    }

    @Test
    @Order(4)
    void fileIsSignedForItsNamespaceByTheKeyForCodeAlone() throws Exception {
        var file = scratch.resolve("release.tar");
        Files.writeString(file, "bits");
        agent.willAnswer(OwnerDevice.PIN);
        assertThat(sign(file, "p256").exit()).isNotZero();
        assertThat(agent.asked()).isEmpty();

        sign(file, "code").orFail();
        assertThat(agent.asked()).hasSize(1);
        assertThat(agent.asked().getFirst())
                .startsWith("Sign code for ssh-keygen, process ")
                .contains("|namespace (computed here):|    file|");
        assertThat(verify(file).orFail().said()).contains("Good \"file\" signature for ada");
        Files.writeString(file, "other bits");
        assertThat(verify(file).exit()).isNotZero();
    }

    private static Program.Ran sign(Path file, String key) throws Exception {
        return run("ssh-keygen", "-Y", "sign", "-n", "file", "-f", key(key).toString(), "" + file);
    }

    private static Program.Ran verify(Path file) throws Exception {
        return run(
                "sh",
                "-c",
                "ssh-keygen -Y verify -f "
                        + allowedSigners()
                        + " -I ada -n file -s "
                        + file
                        + ".sig < "
                        + file);
    }

    private static Path allowedSigners() throws Exception {
        var allowed = scratch.resolve("allowed_signers");
        Files.writeString(allowed, "ada " + Files.readString(key("code")));
        return allowed;
    }

    @Test
    @Order(5)
    void commitAndTagAreSignedAndVerified() throws Exception {
        var repository = scratch.resolve("repository").toString();
        run("git", "init", "-q", repository).orFail();
        Stream.of(
                        "user.name=Ada",
                        "user.email=ada",
                        "gpg.format=ssh",
                        "user.signingkey=" + key("code"),
                        "gpg.ssh.allowedSignersFile=" + allowedSigners())
                .forEach(setting -> configure(repository, setting.split("=", 2)));
        agent.willAnswer("");
        assertThat(git(repository, "commit", "-q", "-S", "--allow-empty", "-m", "no").exit())
                .isNotZero();

        agent.willAnswer(OwnerDevice.PIN);
        git(repository, "commit", "-q", "-S", "--allow-empty", "-m", "yes").orFail();
        git(repository, "tag", "-s", "-m", "one", "v1").orFail();
        assertThat(agent.asked())
                .hasSize(2)
                .allMatch(question -> question.contains("|namespace (computed here):|    git|"));
        assertThat(git(repository, "verify-commit", "HEAD").orFail().said())
                .contains("Good \"git\" signature for ada");
        git(repository, "verify-tag", "v1").orFail();
    }

    private static void configure(String repository, String[] setting) {
        try {
            git(repository, "config", setting[0], setting[1]).orFail();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Program.Ran git(String repository, String... arguments) throws Exception {
        return run(
                Stream.concat(Stream.of("git", "-C", repository), Stream.of(arguments)).toList());
    }

    @Test
    @Order(6)
    void whatIsNeitherLoginNorSshSigIsNotSigned() throws Exception {
        agent.willAnswer(OwnerDevice.PIN);
        // it has random octets signed
        assertThat(run("ssh-add", "-T", key("p256").toString()).exit()).isNotZero();
        assertThat(agent.asked()).isEmpty();
    }

    @Test
    @Order(7)
    void keysAreNeitherAddedNorRemoved() throws Exception {
        var own = scratch.resolve("own");
        Program.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", own.toString()).orFail();
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-------"));
        assertThat(run("ssh-add", own.toString()).exit()).isNotZero();
        assertThat(run("ssh-add", "-D").exit()).isNotZero();
        assertThat(run("ssh-add", "-L").orFail().out().lines()).hasSize(3);
    }

    @Test
    @Order(8)
    void secondAgentIsRefused() throws Exception {
        var ran = run(AgentProcess.line(scratch));
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("Another agent runs in this folder.");
        assertThat(run("ssh-add", "-L").orFail().out().lines()).hasSize(3);
    }

    @Test
    @Order(9)
    void agentThatWasKilledStartsAgainAndEndsCleanly() throws Exception {
        agent.kill();
        assertThat(agent.socket()).exists();
        agent = AgentProcess.start(scratch);
        agent.willAnswer(OwnerDevice.PIN);
        awaitKeys();
        assertThat(run(daemon.login(key("p256"))).orFail().out()).isEqualTo("worked\n");
        agent.close();
        assertThat(agent.socket()).doesNotExist();
        agent = AgentProcess.start(scratch);
        awaitKeys();
    }

    private static Program.Ran terminal(String commands) throws Exception {
        return run("script", "-qec", commands, "/dev/null");
    }

    private static String line(List<String> words) {
        return words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    }

    private static String logins(int times) {
        return "for i in $(seq "
                + times
                + "); do "
                + line(daemon.login(key("p256")))
                + " </dev/null || exit 1; done";
    }

    @Test
    @Order(10)
    void twentyLoginsFromOneTerminalCostOnePin() throws Exception {
        agent.willAnswer(OwnerDevice.PIN);
        assertThat(terminal(logins(2)).orFail().out().lines()).hasSize(2);
        assertThat(agent.asked()).hasSize(2);

        agent.willAllowMore(OwnerDevice.PIN);
        assertThat(terminal(logins(20)).orFail().out().lines()).hasSize(20);
        assertThat(agent.asked()).hasSize(1);
        assertThat(agent.asked().getFirst().replaceAll("\\|\\s*", " "))
                .contains("this also allows")
                .contains("ssh to this host in this terminal session")
                .contains("up to 100 signatures in 15 minutes");
    }

    @Test
    @Order(11)
    void anotherTerminalAsksAgain() throws Exception {
        agent.willAnswer("");
        assertThat(terminal(logins(1)).exit()).isNotZero();
        assertThat(agent.asked()).hasSize(1);
    }

    @Test
    @Order(12)
    void rebaseOfFiftySignedCommitsCostsOnePin() throws Exception {
        var repository = scratch.resolve("repository").toString();
        agent.willAllowMore(OwnerDevice.PIN);
        var commit = "git -C " + repository + " commit -q -S --allow-empty -m ";
        var ran =
                terminal(
                        "for i in $(seq 49); do "
                                + commit
                                + "$i || exit 1; done; git -C "
                                + repository
                                + " rebase -q --root --force-rebase --empty=keep -S");
        assertThat(ran.exit()).as(ran.said()).isZero();
        assertThat(agent.asked()).hasSize(1);
        var signatures = git(repository, "log", "--format=%G?").orFail().out();
        assertThat(signatures.lines()).hasSize(50).containsOnly("G");
    }

    /// In the same way the server is looked at by [MemoryIT].
    @Test
    @Order(13)
    void pinIsNotLeftInTheAgentsMemoryButInOneThatDoesNotWipe() throws Exception {
        assertThat(pinsInMemory()).isZero();
        agent.close();
        agent = AgentProcess.startWith(Wiping.without(scratch), scratch);
        agent.willAllowMore(OwnerDevice.PIN);
        awaitKeys();
        terminal(logins(1)).orFail();
        assertThat(agent.asked()).hasSize(1);
        assertThat(pinsInMemory()).isPositive();
    }

    private static int pinsInMemory() throws Exception {
        var secrets = new Secrets();
        secrets.pin(OwnerDevice.PIN);
        var prefix = scratch.resolve("core").toString();
        Program.run("gcore", "-o", prefix, Long.toString(agent.pid())).orFail();
        var core = Path.of(prefix + "." + agent.pid());
        try {
            return secrets.countIn(core).getOrDefault("pin", -1);
        } finally {
            Files.delete(core);
        }
    }
}
