package dev.custodian.agent.p11;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.peer.Peers;
import dev.custodian.agent.signing.FakePerson;
import dev.custodian.agent.signing.FakeServer;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.Lock;
import dev.custodian.agent.signing.Signing;
import dev.custodian.agent.signing.TestCredentials;
import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/// Whatever a program calls, in whatever order, each call has an answer: its own or an error.
class P11FuzzTest {
    private static final TestCredentials EC =
            TestCredentials.of(KeyAlgorithm.P256, Purpose.LOGIN, "Ada");
    private static final TestCredentials RSA =
            TestCredentials.of(KeyAlgorithm.RSA_2048, Purpose.CODE, "Ada");
    private static final P11Door DOOR = door();

    private static P11Door door() {
        try {
            var lock = new Lock(new SecureRandom());
            var keys = new KeyRing(() -> List.of(EC.credential(), RSA.credential()));
            keys.refresh();
            var server = new FakeServer();
            server.away = true;
            var signing =
                    new Signing(
                            server,
                            new FakePerson(),
                            () -> Secret.owning(new byte[32]),
                            new Peers(0),
                            lock,
                            InstantSource.system());
            return new P11Door(keys, signing, lock, new SecureRandom());
        } catch (Refused e) {
            throw new AssertionError(e);
        }
    }

    /// The first octet is the version; then calls follow, each after its length in one octet.
    @FuzzTest
    void eachCallHasAnAnswer(byte[] octets) {
        if (octets.length == 0) {
            return;
        }
        var program = DOOR.application(Peer.UNKNOWN, () -> true, octets[0] & 0xff);
        program.answer(Calls.initialize());
        for (int at = 1; at < octets.length; ) {
            int size = Math.min(octets[at++] & 0xff, octets.length - at);
            var body = Arrays.copyOfRange(octets, at, at + size);
            at += size;
            var asked = size < 4 ? Bytes.EMPTY : Bytes.of(body).slice(0, 4);
            var answer = answer(program, body);
            var number = answer.slice(0, 4);
            assertThat(number.equals(asked) || number.equals(Bytes.u32(0))).isTrue();
            assertThat(body).isEqualTo(new byte[size]);
        }
    }

    private static Bytes answer(Application program, byte[] body) {
        return switch (program.answer(body)) {
            case Application.Now(var answer) -> answer;
            case Application.Later later -> later.body();
        };
    }
}
