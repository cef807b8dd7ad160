package dev.custodian.agent.unix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a process that starts this one may hand over, and what not.
@Timeout(60)
class InheritedTest {
    private static final String OURS = Long.toString(ProcessHandle.current().pid());

    @TempDir Path scratch;

    private static void refused(String why, ThrowingCallable what) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(
                        refusal -> {
                            assertThat(refusal.kind()).isEqualTo(FailureKind.CONFIG_WRONG);
                            assertThat(refusal.detail()).contains(why);
                        });
    }

    /// A socket that is bound there, and maybe listens.
    private Descriptor bound(String name, boolean listens) throws Exception {
        var socket = new Descriptor(Libc.socket());
        try (var arena = Arena.ofConfined()) {
            var octets = scratch.resolve(name).toString().getBytes(StandardCharsets.UTF_8);
            var address = arena.allocate(2 + octets.length + 1, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) Libc.AF_UNIX);
            address.asSlice(2).copyFrom(arena.allocateFrom(ValueLayout.JAVA_BYTE, octets));
            Libc.bind(socket.number(), address);
        }
        if (listens) {
            Libc.listen(socket.number(), 4);
        }
        return socket;
    }

    private SocketChannel connect(String name) throws Exception {
        return SocketChannel.open(UnixDomainSocketAddress.of(scratch.resolve(name)));
    }

    @Test
    void whatDoesNotListenIsRefused() throws Exception {
        try (var unbound = new Descriptor(Libc.socket());
                var silent = bound("silent", false);
                var pipe = Pipe.open()) {
            for (int number :
                    new int[] {
                        unbound.number(),
                        silent.number(),
                        Integer.parseInt(pipe.writeEnd().getName()),
                        1_000_000
                    }) {
                refused(
                        "number " + number + " is no Unix socket",
                        () -> Inherited.sockets(number, 1));
            }
        }
        var listens = bound("listens", true);
        var sockets = Inherited.sockets(listens.number(), 1);
        assertThat(sockets).containsOnlyKeys(scratch.resolve("listens"));
        sockets.values().forEach(SocketListener::close);
    }

    @Test
    void variablesForAnotherProcessAreNotOurs() throws Exception {
        for (var pid : new String[] {"1", "true", "", OURS + " "}) {
            assertThat(Inherited.sockets(Map.of("LISTEN_PID", pid, "LISTEN_FDS", "1"))).isEmpty();
        }
        assertThat(Inherited.sockets(Map.of())).isEmpty();
        for (var count : new String[] {"0", "-1", "17", "true", "", "1 "}) {
            refused(
                    "LISTEN_FDS",
                    () -> Inherited.sockets(Map.of("LISTEN_PID", OURS, "LISTEN_FDS", count)));
        }
    }

    @Test
    void socketOfAnotherGoesOnListeningWhenThisEnds() throws Exception {
        var theirs = bound("theirs", true);
        var listener = Inherited.sockets(theirs.number(), 1).values().iterator().next();
        try (var client = connect("theirs");
                var connection = listener.accept()) {
            assertThat(client.isConnected()).isTrue();
            assertThat(connection.peer().user()).isEqualTo(Integer.toString(ThisProcess.user()));
        }
        var ended =
                new FutureTask<>(
                        () ->
                                assertThatExceptionOfType(UnixException.class)
                                        .isThrownBy(listener::accept));
        Thread.ofPlatform().start(ended);
        listener.shut();
        ended.get();
        try (var client = connect("theirs");
                var next = SocketStream.of(Libc.accept(theirs.number()))) {
            assertThat(client.isConnected()).isTrue();
            assertThat(next.peer().user()).isEqualTo(Integer.toString(ThisProcess.user()));
        }
        listener.close();
    }
}
