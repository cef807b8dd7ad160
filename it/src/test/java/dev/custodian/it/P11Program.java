package dev.custodian.it;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// A program of our own at the PKCS#11 door, which speaks p11-kit's RPC and signs with ECDSA.
final class P11Program implements AutoCloseable {
    static final long FUNCTION_FAILED = 0x6;
    static final long FUNCTION_CANCELED = 0x50;

    private static final int ERROR = 0;
    private static final int OPEN_SESSION = 10;
    private static final int FIND_OBJECTS_INIT = 26;
    private static final int FIND_OBJECTS = 27;
    private static final int SIGN_INIT = 42;
    private static final int SIGN = 43;
    private static final String INIT = "uMu";

    private final Wire wire;
    private int calls;

    private P11Program(Wire wire) {
        this.wire = wire;
    }

    /// Connects and opens a session.
    static P11Program at(Path socket) throws IOException {
        var wire = Wire.to(socket);
        wire.write(Bytes.of((byte) 0));
        wire.read(1);
        var program = new P11Program(wire);
        program.call(
                1,
                "ayyay",
                octets(Bytes.utf8("PRIVATE-GNOME-KEYRING-PKCS11-PROTOCOL-V-1")),
                Bytes.of((byte) 0),
                octets(Bytes.of((byte) 0)));
        program.call(OPEN_SESSION, "uu", Bytes.u64(1), Bytes.u64(4));
        return program;
    }

    private static Bytes octets(Bytes value) {
        return Bytes.concat(Bytes.of((byte) 1), Wire.string(value));
    }

    private void send(int function, String types, Bytes... values) throws IOException {
        var body = Bytes.concat(Bytes.u32(function), Wire.string(types), Bytes.concat(values));
        wire.write(Bytes.concat(Bytes.u32(++calls), Bytes.u32(0), Bytes.u32(body.size()), body));
    }

    /// The body of the answer to the only call that is under way.
    private Bytes answer() throws IOException {
        wire.read(4);
        wire.read(4);
        return wire.string();
    }

    private Bytes call(int function, String types, Bytes... values) throws IOException {
        send(function, types, values);
        return answer();
    }

    /// The number of the private key with this label.
    long key(String label) throws IOException {
        var class3 = Bytes.concat(Bytes.fromHex("000000000100000008"), Bytes.u64(3));
        var named =
                Bytes.concat(
                        Bytes.fromHex("0000000301"), Bytes.u32(label.length()), Wire.string(label));
        call(FIND_OBJECTS_INIT, "uaA", Bytes.u64(1), Bytes.u32(2), class3, named);
        var found = call(FIND_OBJECTS, "ufu", Bytes.u64(1), Bytes.u32(1));
        return found.at(found.size() - 1);
    }

    /// Asks for a signature; the answer is still to come.
    void ask(long key, Bytes digest) throws IOException {
        call(SIGN_INIT, INIT, init(key));
        sign(digest);
    }

    /// A session, ECDSA without parameters, a key.
    private static Bytes[] init(long key) {
        return new Bytes[] {Bytes.u64(1), Bytes.u32(0x1041), Bytes.u32(-1), Bytes.u64(key)};
    }

    private void sign(Bytes digest) throws IOException {
        send(SIGN, "uayfy", Bytes.u64(1), octets(digest), Bytes.u32(64));
    }

    /// Asks for so many signatures and waits for no answer before the next.
    ///
    /// @return how often each outcome came
    Map<Long, Integer> askAtOnce(int signatures, long key) throws IOException {
        var asking =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                for (int i = 0; i < signatures; i++) {
                                    send(SIGN_INIT, INIT, init(key));
                                    sign(Hashes.sha256(Bytes.u32(i)));
                                }
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        Thread::startVirtualThread);
        var outcomes = new TreeMap<Long, Integer>();
        for (int i = 0; i < 2 * signatures; i++) {
            var body = answer();
            if (function(body) != SIGN_INIT) {
                outcomes.merge(outcome(body), 1, Integer::sum);
            }
        }
        asking.join();
        return outcomes;
    }

    /// 0 when the answer is a signature, else the `CKR_` number.
    long outcome() throws IOException {
        return outcome(answer());
    }

    private static long outcome(Bytes body) {
        return function(body) == ERROR ? body.at(body.size() - 1) & 0xff : 0;
    }

    private static int function(Bytes body) {
        return body.at(3);
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
