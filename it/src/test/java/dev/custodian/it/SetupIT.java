package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.json.Json;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `custodian setup` changes on a machine, that programs then work with a key that has no
/// certificate, and that `--undo` leaves nothing; and consents, granted and taken back by hand.
class SetupIT {
    private static final String PIN = "274913";

    @TempDir static Path scratch;

    private static Serving serving;
    private static Machine desk;
    private static String credential = "";

    @BeforeAll
    static void start() throws Exception {
        var installation = Installation.in(scratch);
        serving = installation.serve();
        desk = Machine.in(scratch.resolve("desk"));
        desk.start();
        desk.types("", PIN, "");
        var invitation = installation.invite(serving.url()).expose();
        var joined =
                desk.run(
                                List.of(
                                        "sh",
                                        "-c",
                                        "printf '%s\\n' \"$0\" | \"$1\" join - --json",
                                        invitation,
                                        Program.HOME.resolve("custodian").toString()))
                        .orFail()
                        .out();
        var owner =
                Id.parse(
                        Id.Kind.OWNER,
                        Json.members(Json.parse(Bytes.utf8(joined.strip()), 1 << 16), "it")
                                .text("owner"));
        credential = installation.uncertified(Purpose.CODE, owner, "P-256").text();
        // PKCS#11 shows what has a certificate
        installation.credentials(owner, "P-256");
        desk.custodian("credential", "list", "--sync").orFail();
    }

    @AfterAll
    static void stop() throws Exception {
        desk.close();
        serving.close();
    }

    private static Path module() {
        return desk.home().resolve("config/pkcs11/modules/custodian.module");
    }

    @Test
    void moduleFileOfSomebodyElseIsNotReplaced() throws Exception {
        Files.createDirectories(module().getParent());
        Files.writeString(module(), "module: /usr/lib/other.so\n");
        for (var words :
                List.of(List.of("setup", "pkcs11"), List.of("setup", "pkcs11", "--undo"))) {
            var ran = desk.custodian(words.toArray(String[]::new));
            assertThat(ran.exit()).isEqualTo(3);
            assertThat(ran.err()).contains("not made by Custodian", module().toString());
        }
        assertThat(module()).hasContent("module: /usr/lib/other.so");
        Files.delete(module());

        desk.custodian("setup", "pkcs11").orFail();
        desk.custodian("setup", "pkcs11").orFail();
        assertThat(module()).hasContent("remote: unix:path=" + desk.socket("p11.sock"));
        desk.custodian("setup", "pkcs11", "--undo").orFail();
        assertThat(module()).doesNotExist();
        assertThat(desk.custodian("setup", "pkcs11", "--undo").orFail().out()).contains("no ");
    }

    private static Program.Ran git(String... words) throws Exception {
        var line = Program.line(Path.of("git"), words);
        line.addAll(0, List.of("env", "SSH_AUTH_SOCK=" + desk.socket("ssh.sock")));
        return desk.run(line);
    }

    private static String settings() throws Exception {
        return git("config", "--global", "--list").orFail().out();
    }

    @Test
    void gitSignsAndUndoPutsAllSettingsBack() throws Exception {
        git("config", "--global", "user.name", "Ada").orFail();
        git("config", "--global", "user.email", "ada@example.org").orFail();
        git("config", "--global", "gpg.format", "x509").orFail();
        git("config", "--global", "--add", "user.signingKey", "one").orFail();
        git("config", "--global", "--add", "user.signingKey", "two").orFail();
        var before = settings().lines().sorted().toList();

        var set = desk.custodian("setup", "git", "--all-commits").orFail();
        assertThat(set.out()).contains("gpg.format = ssh", "commit.gpgSign = true");
        assertThat(set.err()).contains("export SSH_AUTH_SOCK=", "--undo");
        desk.custodian("setup", "git", "--all-commits").orFail();

        var repository = desk.home().resolve("repository").toString();
        git("init", "-q", repository).orFail();
        desk.types("");
        assertThat(git("-C", repository, "commit", "-q", "--allow-empty", "-m", "no").exit())
                .isNotZero();
        // an agent that was told no does not ask the same program again at once; this is another
        desk.types(PIN);
        git("-C", repository, "commit", "-q", "--allow-empty", "-m", "yes").orFail();
        assertThat(git("-C", repository, "verify-commit", "HEAD").orFail().said())
                .contains("Good \"git\" signature for ada@example.org");

        desk.custodian("setup", "git", "--undo").orFail();
        assertThat(settings().lines().sorted().toList()).isEqualTo(before);
        assertThat(git("config", "--global", "--get-all", "user.signingKey").orFail().out())
                .isEqualTo("one\ntwo\n");
        assertThat(desk.home().resolve("config/custodian")).isEmptyDirectory();
        assertThat(desk.custodian("setup", "git", "--undo").orFail().out()).contains("nothing");
    }

    @Test
    void linesForAllowedSignersHoldTheKeyThatTheAgentShows() throws Exception {
        var refused = desk.custodian("ssh", "allowed-signers");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains("--principal");

        var line = desk.custodian("ssh", "allowed-signers", "--principal", "ada").orFail().out();
        var shown =
                desk.run(
                                List.of(
                                        "env",
                                        "SSH_AUTH_SOCK=" + desk.socket("ssh.sock"),
                                        "ssh-add",
                                        "-L"))
                        .orFail()
                        .out();
        var key = shown.substring(0, shown.indexOf(' ', shown.indexOf(' ') + 1));
        assertThat(line).isEqualTo("ada namespaces=\"git,file\" " + key + "\n");
        assertThat(desk.custodian("ssh", "allowed-signers", "--principal", "a b").exit())
                .isEqualTo(2);
    }

    @Test
    void consentIsGrantedOnlyByThePersonListedAndForgotten() throws Exception {
        var process = Long.toString(ProcessHandle.current().pid());
        var grant =
                new String[] {"consent", "grant", credential, "--process", process, "--count", "3"};
        desk.types("");
        assertThat(desk.custodian(grant).exit()).isEqualTo(1);
        assertThat(desk.custodian("consent", "list").orFail().out()).isEmpty();

        desk.types(PIN);
        var granted = desk.custodian(grant).orFail().out();
        assertThat(granted).contains("3 signatures left", "process:" + process);
        assertThat(desk.asked().getLast()).contains("Allow signatures ahead?");
        assertThat(desk.custodian("consent", "list").orFail().out()).isEqualTo(granted);
        desk.custodian("consent", "forget", granted.substring(0, granted.indexOf(' '))).orFail();
        assertThat(desk.custodian("consent", "list").orFail().err()).contains("There are none");

        // no terminal here
        assertThat(desk.custodian("consent", "grant", credential).exit()).isEqualTo(2);
    }

    private static Path units() {
        return desk.home().resolve("config/systemd/user");
    }

    @Test
    void agentStartsWhenTheFirstProgramConnects() throws Exception {
        var log = desk.home().resolve("systemd.log");
        desk.custodian("setup", "pkcs11").orFail();
        assertThat(desk.custodian("doctor").err()).contains("custodian setup agent");
        desk.custodian("setup", "agent").orFail();
        assertThat(desk.custodian("doctor").err()).isEmpty();
        desk.close();
        try {
            desk.run(
                            List.of(
                                    "systemd-analyze",
                                    "--user",
                                    "--man=no",
                                    "verify",
                                    units().resolve("custodian-agent.service").toString(),
                                    units().resolve("custodian-agent.socket").toString()))
                    .orFail();

            var other = desk.home().resolve("run/custodian/other.sock");
            try (var unit =
                            SocketUnit.listening(
                                    List.of(other.toString()), units(), desk.home(), log);
                    var _ = SocketChannel.open(UnixDomainSocketAddress.of(other))) {
                assertThat(unit.awaitEnd()).isEqualTo(1);
                assertThat(log).content().contains(other + " was handed over");
            }

            try (var unit = SocketUnit.in(units(), desk.home(), log)) {
                assertThat(unit.sockets()).hasSize(3);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> p11Tool().contains("Label: document-p-256"));
                assertThat(desk.custodian("status").orFail().out()).contains("logged in");
                unit.end();
                // whoever opened them takes them away
                assertThat(unit.sockets()).allMatch(one -> Files.exists(Path.of(one)));
            }
        } finally {
            desk.start();
        }
        desk.custodian("setup", "agent", "--undo").orFail();
        desk.custodian("setup", "pkcs11", "--undo").orFail();
        assertThat(units()).isEmptyDirectory();
    }

    /// What it lists; p11-kit reads no module files of root's.
    private static String p11Tool() throws Exception {
        var line = new ArrayList<String>();
        if ("root".equals(System.getProperty("user.name"))) {
            line.addAll(List.of("unshare", "--user", "--map-user=1000", "--map-group=1000"));
        }
        line.addAll(List.of("p11tool", "--list-all", "pkcs11:token=Custodian"));
        return desk.run(line).out();
    }
}
