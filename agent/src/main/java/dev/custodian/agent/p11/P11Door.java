package dev.custodian.agent.p11;

import dev.custodian.agent.door.Door;
import dev.custodian.agent.local.Connection;
import dev.custodian.agent.p11.rpc.Ckr;
import dev.custodian.agent.p11.rpc.RpcWriter;
import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.Lock;
import dev.custodian.agent.signing.Signing;
import dev.custodian.core.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Answers `p11-kit-client.so` and every program that p11-kit has load it for.
///
/// A connection is one program. What is answered from memory is answered in order; a signature has
/// a thread of its own and its answer comes when it comes, as the protocol allows.
public final class P11Door implements Door {
    /// Octets in a request. More data than this a program must send in pieces, as most do.
    static final int MAX_BODY = 1 << 20;

    /// Octets in the name of the configuration that sent a client to us.
    static final int MAX_OPTIONS = 4096;

    /// Signatures that one program waits for at a time.
    static final int MOST_ASKING = 16;

    private static final System.Logger LOG = System.getLogger(P11Door.class.getName());
    private static final Duration FRAME = Duration.ofSeconds(10);
    private static final int HEADER = 12;

    /// The newest version of the protocol that we know.
    private static final int VERSION = 2;

    private final Token token;
    private final Signing signing;
    private final SecureRandom random;

    public P11Door(KeyRing keys, Signing signing, Lock lock, SecureRandom random) {
        this.token = new Token(keys, lock);
        this.signing = signing;
        this.random = random;
    }

    /// One that has just connected.
    Application application(Peer peer, BooleanSupplier isThere, int offered) {
        return new Application(token, signing, random, peer, isThere, offered);
    }

    @Override
    public void serve(Connection connection, Peer peer) throws IOException {
        int offered = connection.read();
        if (offered < 0) {
            return;
        }
        connection.write(new byte[] {(byte) Math.min(offered, VERSION)}, FRAME);
        var talk = new Talk(connection, application(peer, connection::isThere, offered));
        try {
            while (talk.next()) {}
        } finally {
            talk.end();
        }
    }

    private static final class Talk {
        private final Connection connection;
        private final Application application;
        private int asking;
        private boolean ended;

        Talk(Connection connection, Application application) {
            this.connection = connection;
            this.application = application;
        }

        /// Reads one call, and answers it now or later; false at the end.
        boolean next() throws IOException {
            int first = connection.read();
            if (first < 0) {
                return false;
            }
            var header = new byte[HEADER];
            header[0] = (byte) first;
            connection.read(header, 1, FRAME);
            var numbers = ByteBuffer.wrap(header);
            int code = numbers.getInt();
            int options = size(numbers.getInt(), MAX_OPTIONS);
            int size = size(numbers.getInt(), MAX_BODY);
            if (code == 0) {
                throw new IOException("a call without a code");
            }
            connection.read(options, FRAME);
            switch (application.answer(connection.read(size, FRAME))) {
                case Application.Now(var answer) -> write(code, answer);
                case Application.Later later -> later(code, later);
            }
            return true;
        }

        private static int size(int size, int most) throws IOException {
            if (size < 0 || size > most) {
                throw new IOException("a part of " + Integer.toUnsignedLong(size) + " octets");
            }
            return size;
        }

        private void later(int code, Application.Later later) throws IOException {
            if (!begin()) {
                write(code, RpcWriter.error(Ckr.FUNCTION_FAILED));
                return;
            }
            Thread.ofPlatform().daemon().name("p11 signature").start(() -> answer(code, later));
        }

        private void answer(int code, Application.Later later) {
            try {
                var body = later.body();
                connection.settle();
                write(code, body);
            } catch (IOException e) {
                connection.shut();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a fault of our own", e);
                connection.shut();
            } finally {
                given();
            }
        }

        private synchronized boolean begin() {
            if (asking >= MOST_ASKING) {
                return false;
            }
            asking++;
            connection.owe();
            return true;
        }

        private synchronized void given() {
            asking--;
        }

        /// One at a time, and none once the connection is closed: its number may be another's.
        private synchronized void write(int code, Bytes body) throws IOException {
            if (!ended) {
                var frame =
                        ByteBuffer.allocate(HEADER + body.size())
                                .putInt(code)
                                .putInt(0)
                                .putInt(body.size())
                                .put(body.toArray());
                connection.write(frame.array(), FRAME);
            }
        }

        synchronized void end() {
            ended = true;
        }
    }
}
