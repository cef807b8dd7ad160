package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Another user of the machine, `nobody`, at the agent's sockets and in their place. Only the
/// superuser can play two users: these tests fail for any other.
class ForeignUserIT {
    private static final String OTHER = "nobody";

    /// Connects, sends a zero, and says what came back.
    private static final String KNOCK =
            """
            use Socket; $SIG{PIPE} = 'IGNORE';
            socket(S, AF_UNIX, SOCK_STREAM, 0) && connect(S, sockaddr_un($ARGV[0])) or die "$!\\n";
            syswrite(S, chr(0)); print sysread(S, $a, 9) ? "served\\n" : "ended\\n";
            """;

    /// Listens, and says how much the first who connects has sent when that one is gone.
    private static final String SQUAT =
            """
            use Socket; $| = 1;
            socket(S, AF_UNIX, SOCK_STREAM, 0) && bind(S, sockaddr_un($ARGV[0])) && listen(S, 9)
                or die "$!\\n";
            print "listens\\n"; accept(C, S); print "got ", sysread(C, $a, 999), "\\n"; sleep 600;
            """;

    @TempDir static Path scratch;

    private static AgentProcess agent;

    @BeforeAll
    static void start() throws Exception {
        open(scratch, "rwxr-xr-x");
        agent = AgentProcess.start(scratch);
    }

    @AfterAll
    static void stop() {
        agent.close();
    }

    private static Path open(Path path, String mode) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static List<String> asOther(String... line) {
        var all =
                new ArrayList<>(
                        List.of("setpriv", "--reuid=" + OTHER, "--regid=65534", "--clear-groups"));
        all.addAll(List.of(line));
        return all;
    }

    private static Program.Ran knock(Path socket) throws Exception {
        return Program.run(scratch, Map.of(), asOther("perl", "-e", KNOCK, socket.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh.sock", "p11.sock", "agent.sock"})
    void otherUserGetsNothingWhereverTheDoorStandsOpen(String name) throws Exception {
        var folder = scratch.resolve("sockets");
        var socket = folder.resolve(name);
        assertThat(knock(socket).err()).isEqualTo("Permission denied\n");
        open(folder, "rwxr-xr-x");
        assertThat(knock(socket).err()).isEqualTo("Permission denied\n");
        open(socket, "rw-rw-rw-");
        assertThat(knock(socket).orFail().out()).isEqualTo("ended\n");
        // the log is written when the connection has ended already
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () ->
                                agent.log()
                                        .contains(
                                                name
                                                        + ": program-refused: It runs as the user"
                                                        + " with number "));
        open(socket, "rw-------");
        open(folder, "rwx------");
        assertThat(ours().said()).contains("The agent has no identities.");
    }

    private static Program.Ran ours() throws Exception {
        return Program.run(
                scratch,
                Map.of("SSH_AUTH_SOCK", agent.socket().toString()),
                List.of("ssh-add", "-L"));
    }

    /// What stands where the sockets belong, in a folder of its own.
    private static Path place(String name) throws IOException {
        return Files.createDirectories(
                scratch.resolve(name).resolve("sockets"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }

    /// The other user listens at this path, in a folder that is ours again afterwards.
    private static Process squat(Path folder, Path socket) throws Exception {
        open(folder, "rwxrwxrwx");
        var squatter = new ProcessBuilder(asOther("perl", "-e", SQUAT, socket.toString())).start();
        assertThat(squatter.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("listens");
        open(folder, "rwx------");
        return squatter;
    }

    private static void refuses(String name, String... sentences) throws Exception {
        var ran = Program.run(scratch, Map.of(), AgentProcess.line(scratch.resolve(name)));
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains(sentences);
        assertThat(ran.out()).isEmpty();
    }

    private static final String TAKEN =
            "What stands in the place of the agent's socket is not the agent's.";

    @ParameterizedTest
    @ValueSource(strings = {"ssh.sock", "p11.sock", "agent.sock"})
    void socketOfAnotherUserIsNeitherTakenNorRemoved(String name) throws Exception {
        var place = place("squatted-" + name);
        var socket = place.resolve(name);
        var squatter = squat(place, socket);
        try {
            refuses("squatted-" + name, TAKEN, "Another program serves " + socket + ".");
            assertThat(owner(socket)).isEqualTo(OTHER);
            try (var left = Files.list(place)) {
                assertThat(left).containsExactly(socket);
            }
        } finally {
            squatter.destroyForcibly();
        }
    }

    private static String owner(Path path) throws IOException {
        return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName();
    }

    private static void giveAway(Path path) throws Exception {
        Program.run("chown", OTHER, path.toString()).orFail();
    }

    @Test
    void fileOfAnotherUserInItsPlaceIsNotTouched() throws Exception {
        var place = open(place("file"), "rwx------");
        var file = Files.writeString(place.resolve("agent.sock"), "mine");
        giveAway(file);
        refuses("file", TAKEN, file + " is no socket.");
        assertThat(file).hasContent("mine");
    }

    @Test
    void foldersOfAnotherUserOrOpenToHimAreRefused() throws Exception {
        var open = place("open");
        refuses("open", TAKEN, open + " has to be a folder of yours alone.");

        var given = open(place("given"), "rwx------");
        giveAway(given);
        refuses("given", TAKEN, given + " has to be a folder of yours alone.");

        open(place("state"), "rwx------");
        var state = Files.createDirectory(scratch.resolve("state/device"));
        open(state, "rwx------");
        giveAway(state);
        refuses("state", state + " belongs to another user.");
    }

    @Test
    void twoAgentsCannotHaveTheSameSockets() throws Exception {
        var second = Files.createDirectory(scratch.resolve("second"));
        var sockets = second.resolve("sockets");
        Files.createSymbolicLink(sockets, scratch.resolve("sockets"));
        refuses("second", sockets + " has to be a folder of yours alone.");
        Files.delete(sockets);
        var line = new ArrayList<>(AgentProcess.line(second));
        line.set(line.indexOf("--sockets") + 1, scratch.resolve("sockets").toString());
        var ran = Program.run(scratch, Map.of(), line);
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains(TAKEN, "Another program serves ");
        assertThat(ours().said()).contains("The agent has no identities.");
    }

    @Test
    void commandsTellAnotherUsersAgentNothing() throws Exception {
        var run = scratch.resolve("run");
        var folder = Files.createDirectories(run.resolve("custodian"));
        var socket = folder.resolve("agent.sock");
        var squatter = squat(folder, socket);
        try {
            open(run, "rwxr-xr-x");
            var ran =
                    Program.run(
                            scratch,
                            Map.of("XDG_RUNTIME_DIR", run.toString()),
                            List.of(Program.HOME.resolve("custodian").toString(), "status"));
            assertThat(ran.exit()).isNotZero();
            assertThat(ran.err())
                    .contains(
                            "The agent's socket is not yours alone.",
                            "The other end of " + socket + " belongs to " + OTHER + ".");
            assertThat(squatter.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("got 0");
        } finally {
            squatter.destroyForcibly();
        }
    }
}
