package dev.custodian.agent.peer;

import static dev.custodian.agent.peer.FakeProcesses.stat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.agent.local.Credentials;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Shown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeersTest {
    private static final String USER = "1000";
    private static final String SSH = stat(4711, "ssh", 1200, 34816, 5000);
    private static final String BASH = stat(1200, "bash", 1200, 34816, 4000);

    private final FakeProcesses processes =
            new FakeProcesses().with(4711, "/usr/bin/ssh", SSH).with(1200, "/bin/bash", BASH);
    private final Peers peers = new Peers(processes, USER);

    private Peer find() throws Refused {
        return peers.find(new Credentials(4711, USER));
    }

    private void refused(int pid, String user, String why) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> peers.find(new Credentials(pid, user)))
                .satisfies(
                        refusal -> {
                            assertThat(refusal.kind()).isEqualTo(FailureKind.PROGRAM_REFUSED);
                            assertThat(refusal.detail()).contains(why);
                        });
    }

    @Test
    void programOfAnotherUserIsRefused() {
        refused(4711, "1001", "user with number 1001");
        refused(4711, "0", "user with number 0");
        refused(4711, "", "user with number");
    }

    @Test
    void processThatEndedIsRefused() {
        refused(4712, USER, "4712 has ended");
        processes.with(4711, "/usr/bin/ssh", SSH, "");
        refused(4711, USER, "4711 has ended");
    }

    @Test
    void numberThatAnotherProcessGotMeanwhileIsRefused() {
        processes.with(4711, "/usr/bin/thief", SSH, stat(4711, "thief", 1200, 34816, 5001));
        refused(4711, USER, "4711 has ended");
    }

    @Test
    void numberThatAnotherProcessGotLaterIsNoticed() throws Exception {
        var peer = find();
        assertThat(peers.isThere(peer)).isTrue();
        processes.with(4711, "/usr/bin/ssh", stat(4711, "ssh", 1200, 34816, 5001));
        assertThat(peers.isThere(peer)).isFalse();
        processes.with(4711, "/usr/bin/ssh", "");
        assertThat(peers.isThere(peer)).isFalse();
    }

    @Test
    void programAndItsTerminalSessionAreReported() throws Exception {
        assertThat(find().shown())
                .containsExactly(
                        new Shown("program", "/usr/bin/ssh, process 4711", Shown.Source.REPORTED),
                        new Shown(
                                "terminal session of",
                                "/bin/bash, process 1200",
                                Shown.Source.REPORTED));
        assertThat(find().processSubject()).isEqualTo("process:4711:5000");
        assertThat(find().sessionSubject()).isEqualTo("session:1200:4000:/usr/bin/ssh");
    }

    @Test
    void programWithoutTerminalHasNoSession() throws Exception {
        processes.with(4711, "/usr/bin/ssh", stat(4711, "ssh", 1200, 0, 5000));
        assertThat(find().leader().isKnown()).isFalse();
    }

    @Test
    void shellThatEndedIsNoLeader() throws Exception {
        processes.with(1200, "/bin/bash", "");
        assertThat(find().leader().isKnown()).isFalse();
        processes.with(1200, "/bin/other", stat(1200, "other", 77, 34816, 9000));
        assertThat(find().leader().isKnown()).isFalse();
    }

    @Test
    void programInAnotherContainerIsUnknown() throws Exception {
        var peer = peers.find(new Credentials(0, USER));
        assertThat(peer.shown())
                .containsExactly(new Shown("program", "not known", Shown.Source.UNKNOWN));
        assertThat(peers.isThere(peer)).isTrue();
    }

    @Test
    void namesAreNotBelieved() throws Exception {
        processes.with(4711, "", stat(4711, "a) S 1 1 9 9 (b\n\u202E", 1200, 34816, 5000));
        assertThat(find().shown().getFirst().text())
                .isEqualTo("calls itself a) S 1 1 9 9 (b\\u{a}\\u{202e}, process 4711");
        assertThat(find().leader().pid()).isEqualTo(1200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "4711",
                "4711 (ssh)",
                "4711 (ssh) S 1 1 1",
                "x (ssh) S 1 1 1 0 -1 1 1 2 3 4 5 6 7 8 20 0 1 0 5000",
                "4711 (ssh) S 1 1 1 0 -1 1 1 2 3 4 5 6 7 8 20 0 1 0 x",
                ") (4711"
            })
    void whatIsNoStatIsRefused(String stat) {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> ProcessState.parse(stat));
    }
}
