package dev.custodian.agent.ssh;

import dev.custodian.agent.door.Door;
import dev.custodian.agent.local.Connection;
import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.signing.KeyRing;
import dev.custodian.agent.signing.Lock;
import dev.custodian.agent.signing.Request;
import dev.custodian.agent.signing.Signing;
import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.intent.Shown;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Answers programs that speak to an ssh-agent. Every refusal is the protocol's one word for it;
/// the reason stands in the log.
public final class SshDoor implements Door {
    private static final System.Logger LOG = System.getLogger(SshDoor.class.getName());
    private static final Duration FRAME = Duration.ofSeconds(10);
    private static final int DIGEST_TAIL = 8;

    private static final int FAILURE = 5;
    private static final int SUCCESS = 6;
    private static final int IDENTITIES = 12;
    private static final int SIGNATURE = 14;

    private final KeyRing keys;
    private final Signing signing;
    private final Lock lock;

    public SshDoor(KeyRing keys, Signing signing, Lock lock) {
        this.keys = keys;
        this.signing = signing;
        this.lock = lock;
    }

    @Override
    public void serve(Connection connection, Peer peer) throws IOException {
        var talk = new Conversation(peer, connection::isThere);
        while (true) {
            int first = connection.read();
            if (first < 0) {
                return;
            }
            var header = new byte[4];
            header[0] = (byte) first;
            connection.read(header, 1, FRAME);
            int size = ByteBuffer.wrap(header).getInt();
            if (size < 1 || size > AgentRequest.MAX_SIZE) {
                throw new IOException("a request of " + Integer.toUnsignedLong(size) + " octets");
            }
            var body = connection.read(size, FRAME);
            connection.owe();
            var answer = talk.answer(Bytes.of(body));
            connection.settle();
            connection.write(new SshWriter().string(answer).done().toArray(), FRAME);
        }
    }

    /// What one connection asks, in order.
    final class Conversation {
        private final Peer peer;
        private final BooleanSupplier isThere;
        private final Bindings bindings = new Bindings();

        Conversation(Peer peer, BooleanSupplier isThere) {
            this.peer = peer;
            this.isThere = isThere;
        }

        /// Answers one request.
        ///
        /// @param body of a request, without its length
        /// @return that of the answer
        Bytes answer(Bytes body) {
            try {
                return switch (AgentRequest.parse(body)) {
                    case AgentRequest.Identities() -> identities();
                    case AgentRequest.Sign sign -> sign(sign);
                    case AgentRequest.Lock turn -> turn(turn);
                    case AgentRequest.Bind bind -> {
                        bindings.add(bind);
                        yield word(SUCCESS);
                    }
                    case AgentRequest.Unknown(var type) -> {
                        LOG.log(System.Logger.Level.DEBUG, "request of type {0} is unknown", type);
                        yield word(FAILURE);
                    }
                };
            } catch (MalformedException e) {
                LOG.log(System.Logger.Level.INFO, "ssh: {0}", e.getMessage());
                return word(FAILURE);
            } catch (Refused e) {
                LOG.log(System.Logger.Level.INFO, "ssh: {0}: {1}", e.kind().id(), e.sentences());
                return word(FAILURE);
            }
        }

        private Bytes identities() throws Refused {
            var known = lock.isLocked() ? List.<Credential>of() : ours();
            var answer = new SshWriter().u8(IDENTITIES).u32(known.size());
            for (var one : known) {
                answer.string(blob(one)).string(comment(one));
            }
            return answer.done();
        }

        private Bytes turn(AgentRequest.Lock turn) throws Refused {
            try (var passphrase = Secret.owning(turn.passphrase().toArray())) {
                if (turn.close()) {
                    lock.close(passphrase);
                } else {
                    lock.open(passphrase);
                }
            }
            return word(SUCCESS);
        }

        private Bytes sign(AgentRequest.Sign sign) throws Refused, MalformedException {
            var credential = find(sign.blob());
            var scheme = SshKey.scheme(credential.algorithm(), sign.flags());
            var request =
                    switch (SignedData.parse(sign.data())) {
                        case SignedData.Login login -> {
                            requireSame(login, sign, scheme.ssh());
                            bindings.require(login);
                            yield new What(
                                    Purpose.LOGIN, bindings.shown(login), bindings.host(login));
                        }
                        case SignedData.SshSig sig -> new What(Purpose.CODE, shown(sig), "");
                    };
            var signatures =
                    signing.sign(
                            new Request(
                                    peer,
                                    isThere,
                                    request.purpose,
                                    credential,
                                    SignatureScheme.of(scheme),
                                    List.of(digest(scheme.hash().jca(), sign.data())),
                                    request.shown,
                                    request.within));
            return new SshWriter()
                    .u8(SIGNATURE)
                    .string(SshKey.signature(scheme, signatures.getFirst()))
                    .done();
        }
    }

    private record What(Purpose purpose, List<Shown> shown, @Nullable String within) {}

    private List<Credential> ours() {
        return keys.credentials(Purpose.LOGIN, Purpose.CODE);
    }

    private Credential find(Bytes blob) throws Refused {
        for (var one : ours()) {
            if (blob(one).equals(blob)) {
                return one;
            }
        }
        throw new Refused(FailureKind.CREDENTIAL_UNKNOWN);
    }

    /// What is signed names key and algorithm too: a program that asks for others is mistaken or
    /// lies.
    private static void requireSame(SignedData.Login login, AgentRequest.Sign sign, String scheme)
            throws Refused {
        if (!login.key().equals(sign.blob()) || !login.algorithm().equals(scheme)) {
            throw new Refused(
                    FailureKind.INTENT_MISMATCH,
                    "The login names another key or algorithm than the request.");
        }
    }

    private static List<Shown> shown(SignedData.SshSig sig) {
        var size = sig.digest().size();
        return List.of(
                new Shown("namespace", Line.of(sig.namespace(), Line.NAME), Shown.Source.COMPUTED),
                new Shown(
                        "message",
                        sig.hash().jca()
                                + " …"
                                + sig.digest().slice(size - DIGEST_TAIL, size).hex(),
                        Shown.Source.REPORTED));
    }

    private static Bytes blob(Credential credential) throws Refused {
        return SshKey.encode(credential.algorithm(), credential.publicKey());
    }

    private static String comment(Credential credential) throws Refused {
        var who =
                credential.chain().isEmpty()
                        ? credential.id().text()
                        : credential
                                .certificate()
                                .getSubjectX500Principal()
                                .getName(X500Principal.RFC2253);
        return Line.of(who, Line.NAME) + " (" + credential.purpose().text() + ")";
    }

    private static Bytes word(int type) {
        return Bytes.of((byte) type);
    }

    private static Bytes digest(String hash, Bytes data) {
        try {
            return Bytes.of(MessageDigest.getInstance(hash).digest(data.toArray()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has SHA-2", e);
        }
    }
}
