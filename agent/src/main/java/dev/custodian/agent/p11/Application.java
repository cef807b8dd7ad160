package dev.custodian.agent.p11;

import dev.custodian.agent.p11.rpc.Attribute;
import dev.custodian.agent.p11.rpc.Call;
import dev.custodian.agent.p11.rpc.Ckr;
import dev.custodian.agent.p11.rpc.Function;
import dev.custodian.agent.p11.rpc.RpcWriter;
import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.signing.Signing;
import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// What one program asks over one connection, in the order in which it asks. All is answered from
/// memory but a signature, which comes [Later].
final class Application {
    /// Sessions at a time; programs open a handful.
    static final int MOST_SESSIONS = 256;

    static final long SLOT = 1;

    private static final System.Logger LOG = System.getLogger(Application.class.getName());
    private static final int MOST_RANDOM = 64 << 10;
    private static final long USER = 1;
    private static final long SERIAL_SESSION = 4;
    private static final long RW_SESSION = 2;

    private final Token token;
    private final Signing signing;
    private final SecureRandom random;
    private final Peer peer;
    private final BooleanSupplier isThere;
    private final int offered;
    private final Map<Long, Session> sessions = new HashMap<>();
    private boolean initialized;
    private boolean loggedIn;
    private long lastSession;

    /// Begins with a program that has just connected.
    ///
    /// @param offered the version octet that it sent
    Application(
            Token token,
            Signing signing,
            SecureRandom random,
            Peer peer,
            BooleanSupplier isThere,
            int offered) {
        this.token = token;
        this.signing = signing;
        this.random = random;
        this.peer = peer;
        this.isThere = isThere;
        this.offered = offered;
    }

    /// The body of an answer.
    sealed interface Answer {}

    record Now(Bytes body) implements Answer {}

    /// One that takes a person and a server.
    @FunctionalInterface
    non-sealed interface Later extends Answer {
        Bytes body();
    }

    /// Answers one call.
    ///
    /// @param body of the call; wiped, since it may hold a PIN that somebody typed into a program
    Answer answer(byte[] body) {
        try {
            var call = Call.parse(body, offered);
            if (!initialized && !(call instanceof Call.Initialize)) {
                throw new Rejected(Ckr.CRYPTOKI_NOT_INITIALIZED);
            }
            if (call instanceof Call.Sign(var session, var data, var room)) {
                return sign(Function.SIGN, session(session), data, room);
            }
            if (call instanceof Call.SignFinal(var session, var room)) {
                return sign(Function.SIGN_FINAL, session(session), Bytes.EMPTY, room);
            }
            return new Now(now(call));
        } catch (MalformedException e) {
            LOG.log(System.Logger.Level.INFO, "p11: {0}", e.getMessage());
            return new Now(RpcWriter.error(Ckr.ARGUMENTS_BAD));
        } catch (Rejected e) {
            return new Now(RpcWriter.error(e.code()));
        } finally {
            Arrays.fill(body, (byte) 0);
        }
    }

    private Bytes now(Call call) throws Rejected {
        return switch (call) {
            case Call.Initialize() -> initialize();
            case Call.End() -> end();
            case Call.GetInfo() -> Description.library();
            case Call.GetSlotList(var room) ->
                    RpcWriter.to(Function.GET_SLOT_LIST).numbers(List.of(SLOT), room).done();
            case Call.GetSlotInfo(var slot) -> {
                requireSlot(slot);
                yield Description.slot();
            }
            case Call.GetTokenInfo(var slot) -> {
                requireSlot(slot);
                yield Description.token(sessions.size());
            }
            case Call.GetMechanismList(var slot, var room) -> {
                requireSlot(slot);
                yield RpcWriter.to(Function.GET_MECHANISM_LIST)
                        .numbers(Mechanisms.all(), room)
                        .done();
            }
            case Call.GetMechanismInfo(var slot, var mechanism) -> {
                requireSlot(slot);
                var info = Mechanisms.info(mechanism);
                yield RpcWriter.to(Function.GET_MECHANISM_INFO)
                        .number(info.smallest())
                        .number(info.largest())
                        .number(info.flags())
                        .done();
            }
            case Call.OpenSession open -> open(open);
            case Call.CloseSession(var session) -> {
                session(session);
                sessions.remove(session);
                forgetLogin();
                yield done(Function.CLOSE_SESSION);
            }
            case Call.CloseAllSessions(var slot) -> {
                requireSlot(slot);
                sessions.clear();
                forgetLogin();
                yield done(Function.CLOSE_ALL_SESSIONS);
            }
            case Call.GetSessionInfo(var number) -> info(session(number));
            case Call.Login login -> login(login);
            case Call.Logout(var session) -> {
                session(session);
                if (!loggedIn) {
                    throw new Rejected(Ckr.USER_NOT_LOGGED_IN);
                }
                loggedIn = false;
                yield done(Function.LOGOUT);
            }
            case Call.GetAttributeValue get -> attributes(get);
            case Call.FindObjectsInit(var session, var template) -> {
                session(session).find(matching(template));
                yield done(Function.FIND_OBJECTS_INIT);
            }
            case Call.FindObjects(var session, var room) -> {
                var found = session(session).found(room);
                yield RpcWriter.to(Function.FIND_OBJECTS).numbers(found, found.size()).done();
            }
            case Call.FindObjectsFinal(var session) -> {
                session(session).endFinding();
                yield done(Function.FIND_OBJECTS_FINAL);
            }
            case Call.DigestInit(var session, var mechanism) -> {
                session(session).beginDigest(mechanism);
                yield done(Function.DIGEST_INIT);
            }
            case Call.Digest(var session, var data, var room) ->
                    digest(Function.DIGEST, session(session), data, room);
            case Call.DigestUpdate(var session, var part) -> {
                session(session).digest().add(part);
                yield done(Function.DIGEST_UPDATE);
            }
            case Call.DigestFinal(var session, var room) ->
                    digest(Function.DIGEST_FINAL, session(session), Bytes.EMPTY, room);
            case Call.SignInit init -> signInit(init);
            case Call.SignUpdate(var session, var part) -> {
                session(session).signature().add(part);
                yield done(Function.SIGN_UPDATE);
            }
            case Call.GenerateRandom(var session, var room) -> {
                session(session);
                yield random(room);
            }
            case Call.Unknown(var number) -> {
                LOG.log(System.Logger.Level.DEBUG, "p11: call {0} is not answered", number);
                throw new Rejected(Ckr.FUNCTION_NOT_SUPPORTED);
            }
            case Call.Sign _, Call.SignFinal _ -> throw new AssertionError("is answered later");
        };
    }

    private Bytes initialize() throws Rejected {
        if (initialized) {
            throw new Rejected(Ckr.CRYPTOKI_ALREADY_INITIALIZED);
        }
        initialized = true;
        return done(Function.INITIALIZE);
    }

    private Bytes end() {
        initialized = false;
        sessions.clear();
        forgetLogin();
        return done(Function.FINALIZE);
    }

    private Bytes open(Call.OpenSession open) throws Rejected {
        requireSlot(open.slot());
        if ((open.flags() & SERIAL_SESSION) == 0) {
            throw new Rejected(Ckr.SESSION_PARALLEL_NOT_SUPPORTED);
        }
        if (sessions.size() >= MOST_SESSIONS) {
            throw new Rejected(Ckr.SESSION_COUNT);
        }
        sessions.put(++lastSession, new Session((open.flags() & RW_SESSION) != 0));
        return RpcWriter.to(Function.OPEN_SESSION).number(lastSession).done();
    }

    private Bytes info(Session session) {
        // CKS_RO_PUBLIC_SESSION 0, CKS_RO_USER_FUNCTIONS 1, CKS_RW_PUBLIC_SESSION 2, ... 3
        int state = (session.writes() ? 2 : 0) + (loggedIn ? 1 : 0);
        return RpcWriter.to(Function.GET_SESSION_INFO)
                .number(SLOT)
                .number(state)
                .number(SERIAL_SESSION | (session.writes() ? RW_SESSION : 0))
                .number(0)
                .done();
    }

    /// No login is needed and none proves anything: what signs is asked for at the prompt. But
    /// programs that always log in shall work.
    private Bytes login(Call.Login login) throws Rejected {
        session(login.session());
        if (login.user() != USER) {
            throw new Rejected(Ckr.USER_TYPE_INVALID);
        }
        if (loggedIn) {
            throw new Rejected(Ckr.USER_ALREADY_LOGGED_IN);
        }
        loggedIn = true;
        return done(Function.LOGIN);
    }

    private void forgetLogin() {
        loggedIn &= !sessions.isEmpty();
    }

    private List<Long> matching(List<Attribute> template) {
        return token.objects().entrySet().stream()
                .filter(one -> one.getValue().matches(template))
                .map(Map.Entry::getKey)
                .toList();
    }

    private Bytes attributes(Call.GetAttributeValue get) throws Rejected {
        session(get.session());
        var object = token.objects().get(get.object());
        if (object == null) {
            throw new Rejected(Ckr.OBJECT_HANDLE_INVALID);
        }
        var writer = RpcWriter.to(Function.GET_ATTRIBUTE_VALUE).count(get.rooms().size());
        var code = Ckr.OK;
        for (var room : get.rooms()) {
            var value = object.value(room.type());
            if (value == null || room.size() != 0 && room.size() < value.size()) {
                writer.noAttribute(room.type());
                code =
                        object.hides(room.type())
                                ? Ckr.ATTRIBUTE_SENSITIVE
                                : value == null ? Ckr.ATTRIBUTE_TYPE_INVALID : Ckr.BUFFER_TOO_SMALL;
            } else {
                writer.attribute(new Attribute(room.type(), value), room.size() == 0);
            }
        }
        return writer.number(code.number()).done();
    }

    private Bytes digest(Function function, Session session, Bytes data, int room) throws Rejected {
        var digest = session.digest();
        var writer = RpcWriter.to(function);
        if (room < digest.size()) {
            return writer.sizeAlone(digest.size()).done();
        }
        digest.add(data);
        session.endDigest();
        return writer.octets(digest.done()).done();
    }

    private Bytes random(int room) throws Rejected {
        if (room < 0 || room > MOST_RANDOM) {
            throw new Rejected(Ckr.ARGUMENTS_BAD);
        }
        var octets = new byte[room];
        random.nextBytes(octets);
        return RpcWriter.to(Function.GENERATE_RANDOM).octets(Bytes.of(octets)).done();
    }

    private Bytes signInit(Call.SignInit init) throws Rejected {
        var object = token.objects().get(init.key());
        var credential = object == null ? null : object.credential();
        session(init.session()).beginSignature(init.mechanism(), credential);
        return done(Function.SIGN_INIT);
    }

    /// Neither signs nor ends the operation while the program only asks for the size.
    private Answer sign(Function function, Session session, Bytes data, int room) throws Rejected {
        var signature = session.signature();
        if (room < signature.size()) {
            return new Now(RpcWriter.to(function).sizeAlone(signature.size()).done());
        }
        session.endSignature();
        signature.add(data);
        return new Asking(signing, signature.request(peer, isThere), signature.size(), function);
    }

    private Session session(long number) throws Rejected {
        var session = sessions.get(number);
        if (session == null) {
            throw new Rejected(Ckr.SESSION_HANDLE_INVALID);
        }
        return session;
    }

    private static void requireSlot(long slot) throws Rejected {
        if (slot != SLOT) {
            throw new Rejected(Ckr.SLOT_ID_INVALID);
        }
    }

    private static Bytes done(Function function) {
        return RpcWriter.to(function).done();
    }
}
