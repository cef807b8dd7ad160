package dev.custodian.device.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.device.dbus.BusException.Kind;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A bus, or somebody on it, who keeps a caller busy.
@Timeout(60)
class BusTest {
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Duration SHORT = Duration.ofSeconds(1);

    /// Nanoseconds between two things that somebody says: so many come in each wait, and not so
    /// many that the limit of octets is met first, however fast the machine.
    private static final long PACE = 1_000_000;

    @TempDir Path scratch;

    private Path socket() {
        return scratch.resolve("bus");
    }

    private static void refused(Kind kind, ThrowingCallable what) {
        assertThatExceptionOfType(BusException.class)
                .isThrownBy(what)
                .satisfies(e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
    }

    private static String ask(Bus bus) throws IOException {
        return bus.call(FakeBus.OWNER, "/it", "a.Face", "Ask", "", _ -> {}, "s", BusReader::text);
    }

    private static void chatter(FakeBus.Call call, int octets) throws IOException {
        call.signal(
                FakeBus.OWNER,
                "/it",
                "a.Face",
                "Chatter",
                "ay",
                out -> out.bytes(new byte[octets]));
    }

    /// Sends this again and again, until nobody reads any more.
    private FakeBus chattering(int octets, long pace) throws IOException {
        return FakeBus.at(
                socket(),
                call -> {
                    while (!call.answeredByTheBus()) {
                        chatter(call, octets);
                        LockSupport.parkNanos(pace);
                    }
                });
    }

    @Test
    void signalsThatComeMeanwhileDrawNothingOut() throws Exception {
        try (var _ = chattering(1, PACE);
                var bus = Bus.connect(socket(), SHORT)) {
            refused(Kind.SILENT, () -> ask(bus));
        }
    }

    @Test
    void signalsThatComeMeanwhileDrawNoWaitForOneOut() throws Exception {
        var busy =
                FakeBus.at(
                        socket(),
                        call -> {
                            if (!call.isForTheBus() || !call.member().equals("AddMatch")) {
                                call.answeredByTheBus();
                                return;
                            }
                            call.answeredByTheBus();
                            while (true) {
                                chatter(call, 1);
                                LockSupport.parkNanos(PACE);
                            }
                        });
        try (busy;
                var bus = Bus.connect(socket(), LONG)) {
            bus.listen(FakeBus.OWNER, "/it", "a.Face", "Done");
            refused(
                    Kind.SILENT,
                    () ->
                            bus.await(
                                    FakeBus.OWNER,
                                    "/it",
                                    "a.Face",
                                    "Done",
                                    "",
                                    BusReader::position,
                                    SHORT));
        }
    }

    @Test
    void moreOctetsThanAnybodyAskedForEndIt() throws Exception {
        try (var _ = chattering(500_000, 0);
                var bus = Bus.connect(socket(), LONG)) {
            refused(Kind.MALFORMED, () -> ask(bus));
        }
    }

    @Test
    void limitIsForAllCallsTogether() throws Exception {
        var prompt =
                FakeBus.at(
                        socket(),
                        call -> {
                            if (!call.answeredByTheBus()) {
                                LockSupport.parkNanos(PACE);
                                call.reply("s", out -> out.text("well"));
                            }
                        });
        try (prompt) {
            try (var bus = Bus.connect(socket(), LONG)) {
                assertThat(ask(bus)).isEqualTo("well");
            }
            try (var bus = Bus.connect(socket(), SHORT)) {
                refused(
                        Kind.SILENT,
                        () -> {
                            while (true) {
                                ask(bus);
                            }
                        });
            }
        }
    }

    @Test
    void busThatTakesNoConnectionsIsNotWaitedFor() throws Exception {
        var address = UnixDomainSocketAddress.of(socket());
        var waiting = new ArrayList<SocketChannel>();
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address, 1);
            while (isTaken(waiting, address)) {
                assertThat(waiting).hasSizeLessThan(100);
            }
            refused(Kind.ABSENT, () -> Bus.connect(socket(), SHORT));
        } finally {
            for (var one : waiting) {
                one.close();
            }
        }
    }

    private static boolean isTaken(List<SocketChannel> waiting, UnixDomainSocketAddress address)
            throws IOException {
        var one = SocketChannel.open(StandardProtocolFamily.UNIX);
        waiting.add(one);
        one.configureBlocking(false);
        try {
            return one.connect(address);
        } catch (SocketException e) {
            return false;
        }
    }

    @Test
    void nameThatNoBusGivesIsRefused() throws Exception {
        var names = new ArrayList<>(List.of(":1.7',type='error", "org.well.known", "", ":1.7"));
        var bus =
                FakeBus.at(
                        socket(),
                        call -> {
                            if (call.member().equals("GetNameOwner")) {
                                call.reply("s", out -> out.text(names.removeFirst()));
                            } else {
                                call.answeredByTheBus();
                            }
                        });
        try (bus;
                var client = Bus.connect(socket(), LONG)) {
            for (int i = 0; i < 3; i++) {
                refused(Kind.MALFORMED, () -> client.owner("a.Name"));
            }
            assertThat(client.owner("a.Name")).isEqualTo(":1.7");
        }
    }

    private static BusReader path(String text) {
        return new BusReader(
                new BusWriter().text(text).toBytes().toArray(), ByteOrder.LITTLE_ENDIAN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "a/b", "/a/", "//", "/a//b", "/a'", "/a b", "/ä", "/a\n", "/a,b='"})
    void pathOfNoObjectIsRefused(String text) {
        refused(Kind.MALFORMED, () -> path(text).path());
        refused(Kind.MALFORMED, () -> path("/" + "a".repeat(600)).path());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/org/freedesktop/secrets/prompt/p12_3"})
    void pathOfAnObjectIsRead(String text) throws Exception {
        assertThat(path(text).path()).isEqualTo(text);
    }
}
