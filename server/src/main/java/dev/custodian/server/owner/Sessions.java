package dev.custodian.server.owner;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.LoginRow;
import dev.custodian.server.store.SessionRow;
import dev.custodian.server.store.Store;
import dev.custodian.server.store.Tx;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logins of enrolled devices and their tokens (DESIGN §7): access tokens are short and bound to an
/// ephemeral key; refresh tokens rotate and are good once. Removing the device ends all at once.
public final class Sessions {
    /// How long an access token is good.
    public static final Duration LIFE = Duration.ofMinutes(10);

    /// How long a login lasts.
    public static final Duration LOGIN = Duration.ofDays(30);

    /// How long a refresh token that was used is good again with another key: the answer was lost
    /// together with the process that asked.
    static final Duration GRACE = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    /// A live session.
    ///
    /// @param bound to this key, which each request must prove
    public record Session(DeviceCaller caller, String bound) {}

    /// An assertion that counts once.
    ///
    /// @param expires until when its `jti` is remembered
    public record Once(String jti, Instant expires) {}

    private final Store store;
    private final Journal journal;
    private final Clock clock;
    private final SecureRandom random;
    private final UnaryOperator<Bytes> mac;

    /// @param mac HMAC under a key that is for refresh tokens alone
    public Sessions(
            Store store,
            Journal journal,
            Clock clock,
            SecureRandom random,
            UnaryOperator<Bytes> mac) {
        this.store = store;
        this.journal = journal;
        this.clock = clock;
        this.random = random;
        this.mac = mac;
    }

    /// The public key (DER) of an enrolled device; null when there is none or it was removed.
    public @Nullable Bytes deviceKey(Id device) throws Refused {
        try (var reader = store.read()) {
            var row = reader.device(device);
            return row != null && isActive(row) ? row.spki() : null;
        }
    }

    /// Begins a login.
    ///
    /// @param once of the assertion, whose second use is refused; null when there is none to repeat
    /// @param bound names the key that the token is bound to
    public Tokens open(Id device, @Nullable Once once, String bound) throws Refused {
        var refresh = RefreshToken.of(random(48));
        var ends = clock.instant().plus(LOGIN);
        var login = new LoginRow(refresh.login(), device, ends, refresh.hash(), null);
        var access = AccessToken.of(random(32));
        return journal.write(
                (tx, _) -> {
                    take(tx, device, once);
                    tx.logins().insert(login);
                    tx.insertSession(session(access, login, bound));
                    tx.factors().see(device, clock.instant());
                    return new Tokens(access, refresh, ends);
                });
    }

    /// Exchanges a refresh token. One that was used before is good again for the key that used it,
    /// or for a minute, as long as its successor was not used: then the answer was lost. In any
    /// other case somebody else has it, and the login ends.
    public Tokens refresh(String token, Id device, @Nullable Once once, String bound)
            throws Refused {
        var given = RefreshToken.parse(token);
        if (given == null) {
            throw new Refused(FailureKind.NOT_AUTHENTICATED);
        }
        var access = AccessToken.of(random(32));
        var tokens =
                journal.write(
                        (tx, _) -> {
                            var login = tx.logins().find(given.login());
                            if (login == null
                                    || !login.device().equals(device)
                                    || !login.expires().isAfter(clock.instant())) {
                                throw new Refused(FailureKind.NOT_AUTHENTICATED);
                            }
                            take(tx, device, once);
                            return exchange(tx, login, given, access, bound);
                        });
        return tokens.orElseThrow(() -> new Refused(FailureKind.NOT_AUTHENTICATED));
    }

    /// Nothing when the login was ended: that has to be committed, so it is no refusal yet.
    private Optional<Tokens> exchange(
            Tx tx, LoginRow login, RefreshToken given, AccessToken access, String jkt)
            throws Refused {
        var spent = spend(login, given.hash(), jkt);
        if (spent == null) {
            LOG.warn("a refresh token of {} was used twice; its login is ended", login.device());
            tx.logins().end(login.id());
            return Optional.empty();
        }
        if (isTakenOver(login, spent)) {
            // The process that asked before is gone, and what it may have got goes with it.
            tx.logins().endSessions(login.id());
        }
        var next = given.next(jkt, mac);
        tx.logins()
                .update(
                        new LoginRow(
                                login.id(), login.device(), login.expires(), next.hash(), spent));
        tx.insertSession(session(access, login, jkt));
        tx.factors().see(login.device(), clock.instant());
        return Optional.of(new Tokens(access, next, login.expires()));
    }

    /// What is to be kept of the token's use; null when it is not good.
    private LoginRow.@Nullable Spent spend(LoginRow login, Bytes token, String jkt) {
        var now = clock.instant();
        if (token.equalsConstantTime(login.refresh())) {
            return new LoginRow.Spent(token, jkt, now);
        }
        var before = login.spent();
        if (before != null
                && token.equalsConstantTime(before.token())
                && (jkt.equals(before.by()) || !now.isAfter(before.at().plus(GRACE)))) {
            return new LoginRow.Spent(token, jkt, before.at());
        }
        return null;
    }

    private static boolean isTakenOver(LoginRow login, LoginRow.Spent now) {
        var before = login.spent();
        return before != null
                && before.token().equals(now.token())
                && !before.by().equals(now.by());
    }

    /// Ends the login that a token, refresh or access, comes from. What is no token ends nothing.
    public void end(String token) throws Refused {
        var login = loginOf(token);
        // Whoever has no token costs the writer nothing.
        if (login != null) {
            journal.write((tx, _) -> tx.logins().end(login));
        }
    }

    private @Nullable Bytes loginOf(String token) throws Refused {
        var refresh = RefreshToken.parse(token);
        try (var reader = store.read()) {
            if (refresh == null) {
                var session = reader.session(AccessToken.hash(token));
                return session == null ? null : session.login();
            }
            var login = reader.logins().find(refresh.login());
            return login != null && isOf(login, refresh.hash()) ? login.id() : null;
        }
    }

    private static boolean isOf(LoginRow login, Bytes hash) {
        var spent = login.spent();
        return hash.equalsConstantTime(login.refresh())
                || spent != null && hash.equalsConstantTime(spent.token());
    }

    private static void take(Tx tx, Id device, @Nullable Once once) throws Refused {
        var row = tx.device(device);
        if (row == null || !isActive(row) || once != null && !isFirst(tx, device, once)) {
            throw new Refused(FailureKind.NOT_AUTHENTICATED);
        }
    }

    private static boolean isFirst(Tx tx, Id device, Once once) throws Refused {
        var hash = Hashes.sha256(Bytes.join(Bytes.utf8(device.text()), Bytes.utf8(once.jti())));
        return tx.takeJti(hash, once.expires());
    }

    private SessionRow session(AccessToken access, LoginRow login, String jkt) {
        return new SessionRow(
                AccessToken.hash(access.expose()),
                login.id(),
                login.device(),
                jkt,
                clock.instant().plus(LIFE));
    }

    private Bytes random(int size) {
        var octets = new byte[size];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }

    /// The session that a token belongs to; null when it is unknown or over, or its device removed.
    public @Nullable Session find(String token) throws Refused {
        try (var reader = store.read()) {
            var session = reader.session(AccessToken.hash(token));
            if (session == null || !session.expires().isAfter(clock.instant())) {
                return null;
            }
            var device = reader.device(session.device());
            return device != null && isActive(device)
                    ? new Session(new DeviceCaller(device.owner(), device.id()), session.jkt())
                    : null;
        }
    }

    private static boolean isActive(DeviceRow device) {
        return device.state() == DeviceRow.State.ACTIVE;
    }
}
