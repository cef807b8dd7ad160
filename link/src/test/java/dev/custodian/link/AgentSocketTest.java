package dev.custodian.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentSocketTest {
    @TempDir Path scratch;

    static AgentSocket in(Path folder) throws IOException {
        return new AgentSocket(folder.resolve("agent.sock"), Files.getOwner(Path.of("/proc/self")));
    }

    static void refused(FailureKind kind, String detail, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class,
                        e -> {
                            assertThat(e.kind()).as(e.detail()).isEqualTo(kind);
                            assertThat(e.detail()).contains(detail);
                        });
    }

    private static UserPrincipal somebodyElse() throws IOException {
        var users = Path.of("/").getFileSystem().getUserPrincipalLookupService();
        var us = Files.getOwner(Path.of("/proc/self"));
        var root = users.lookupPrincipalByName("root");
        return us.equals(root) ? users.lookupPrincipalByName("nobody") : root;
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxr-x---", "rwx---r--", "rwx----w-", "rwx-----x", "rwxrwxrwx"})
    void folderThatOthersReachIsRefused(String mode) throws Exception {
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString(mode));

        refused(FailureKind.AGENT_FOREIGN, mode, () -> in(scratch).requireOurFolder());
    }

    @Test
    void folderOfAnotherUserIsRefused() throws Exception {
        var theirs = new AgentSocket(scratch.resolve("agent.sock"), somebodyElse());

        refused(FailureKind.AGENT_FOREIGN, "belongs to", theirs::requireOurFolder);
    }

    @Test
    void linkInPlaceOfTheFolderIsRefused() throws Exception {
        var link = Files.createSymbolicLink(scratch.resolve("link"), scratch);

        refused(FailureKind.AGENT_FOREIGN, "not a folder", () -> in(link).requireOurFolder());
    }

    @Test
    void fileInPlaceOfTheFolderIsRefused() throws Exception {
        var file = Files.createFile(scratch.resolve("file"));

        refused(FailureKind.AGENT_FOREIGN, "not a folder", () -> in(file).requireOurFolder());
    }

    @Test
    void pathThatNoSocketCanHaveIsRefused() {
        refused(
                FailureKind.AGENT_UNREACHABLE,
                "too long",
                () -> in(scratch.resolve("n".repeat(100))).requireOurFolder());
    }

    @Test
    void missingFolderIsAnAgentThatDoesNotRun() {
        refused(
                FailureKind.AGENT_UNREACHABLE,
                "not there",
                () -> in(scratch.resolve("none")).requireOurFolder());
    }

    @Test
    void peerOfAnotherUserIsRefusedAndOursIsNot() throws Exception {
        var ours = in(scratch);
        var theirs = new AgentSocket(ours.path(), somebodyElse());
        try (var agent = new FakeAgent(scratch, FakeAgent.Program::leaves);
                var channel = SocketChannel.open(UnixDomainSocketAddress.of(ours.path()))) {
            refused(FailureKind.AGENT_FOREIGN, "other end", () -> theirs.requireOurPeer(channel));
            ours.requireOurPeer(channel);
            ours.requireOurFolder();
            assertThat(agent).isNotNull();
        }
    }

    @Test
    void socketIsInTheRuntimeFolderOfTheUser() throws Exception {
        var socket = AgentSocket.of(Map.of("XDG_RUNTIME_DIR", scratch.toString()));

        assertThat(socket.path()).isEqualTo(scratch.resolve("custodian/agent.sock"));
        assertThat(socket.user()).isEqualTo(Files.getOwner(scratch));
    }

    @Test
    void withoutARuntimeFolderThereIsOneForEachUser() {
        int nobodyHasThis = 2_000_000_000;

        assertThat(AgentSocket.folder(Map.of(), nobodyHasThis))
                .isEqualTo(Path.of("/tmp/custodian-2000000000"));
        assertThat(AgentSocket.folder(Map.of("XDG_RUNTIME_DIR", "relative"), nobodyHasThis))
                .isEqualTo(Path.of("/tmp/custodian-2000000000"));
        assertThat(
                        AgentSocket.folder(
                                Map.of("XDG_RUNTIME_DIR", scratch.resolve("none").toString()),
                                nobodyHasThis))
                .isEqualTo(Path.of("/tmp/custodian-2000000000"));
    }
}
