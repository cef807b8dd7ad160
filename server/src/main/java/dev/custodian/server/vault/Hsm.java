package dev.custodian.server.vault;

import static dev.custodian.server.vault.pkcs11.Cryptoki.CKR_KEY_HANDLE_INVALID;
import static dev.custodian.server.vault.pkcs11.Cryptoki.CKR_OBJECT_HANDLE_INVALID;
import static dev.custodian.server.vault.pkcs11.Cryptoki.CKR_PIN_INCORRECT;
import static dev.custodian.server.vault.pkcs11.Cryptoki.CKR_PIN_LOCKED;

import dev.custodian.core.Secret;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Pkcs11Module;
import dev.custodian.server.vault.pkcs11.Token;
import dev.custodian.server.vault.pkcs11.TokenSession;
import dev.custodian.server.vault.pkcs11.User;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way to a token: a bounded number of sessions, logged in once. When the module says that
/// token, session or login are gone, everything is thrown away and made anew for the next use.
final class Hsm implements AutoCloseable {
    /// Something to be done in a session that nobody else uses meanwhile. What it throws costs the
    /// session, and with it all session objects.
    interface Work<T> {
        T run(TokenSession session, TokenKeys keys) throws GeneralSecurityException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Hsm.class);

    /// A key is made in so many times what another call may take.
    private static final int MAKING = 10;

    private static final String NO_SECOND_LOGIN =
            "a login with the HSM has no answer yet, and the PIN is sent no second time before it"
                    + " has: when the HSM is well and this stays, restart the server";

    private final HsmConfig config;
    private final Secret pin;
    private final List<KnownKey> wrapping;
    private final Pkcs11Module module;
    private final Places places;

    /// Read: a session is used. Write: the connection is made or given up. Held by who waits for a
    /// thread, never by that one.
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    private @Nullable Connection connection;

    /// A refused PIN is not tried again: the third try locks many a token.
    private volatile @Nullable Pkcs11Failure pinRefused;

    /// Whether a login is under way, maybe one that nobody waits for any more: what becomes of it
    /// is not known, so that the PIN is sent no second time.
    private final AtomicBoolean loggingIn = new AtomicBoolean();

    /// What is lost together.
    private static final class Connection {
        private final Token token;

        /// Never lent: with its last session a process is logged out.
        private final TokenSession anchor;

        private final TokenKeys keys;
        private final Deque<TokenSession> idle = new ConcurrentLinkedDeque<>();
        private volatile boolean lost;
        private volatile boolean closed;

        private Connection(Token token, TokenSession anchor, TokenKeys keys) {
            this.token = token;
            this.anchor = anchor;
            this.keys = keys;
        }

        private TokenSession session() throws Pkcs11Failure {
            var waiting = idle.poll();
            return waiting == null ? token.open() : waiting;
        }

        /// Keeps a session for the next use, and not when that was waited for in vain.
        private void giveBack(TokenSession session) {
            idle.push(session);
            if (closed) {
                closeIdle();
            }
        }

        private void closeIdle() {
            for (var one = idle.poll(); one != null; one = idle.poll()) {
                one.close();
            }
        }

        private void close() {
            closed = true;
            closeIdle();
            anchor.close();
        }
    }

    private Hsm(
            HsmConfig config,
            Secret pin,
            List<KnownKey> wrapping,
            Pkcs11Module module,
            Places places) {
        this.config = config;
        this.pin = pin;
        this.wrapping = wrapping;
        this.module = module;
        this.places = places;
    }

    /// Loads the module. Takes `pin` over and wipes it when closed; it waits outside the heap.
    ///
    /// @param wrapping what the wrapping keys are known by, the newest first
    static Hsm load(HsmConfig config, Secret pin, List<KnownKey> wrapping)
            throws GeneralSecurityException {
        var places = new Places(config.sessions(), Duration.ofSeconds(config.waitSeconds()));
        try (var place = places.enter()) {
            var module =
                    place.send(
                            () -> ConfiguredToken.load(config),
                            answer(config),
                            Pkcs11Module::close);
            return new Hsm(config, pin, wrapping, module, places);
        } catch (GeneralSecurityException | RuntimeException e) {
            places.close();
            throw e;
        }
    }

    /// How long one call, and what belongs to it, may take.
    static Duration answer(HsmConfig config) {
        return Duration.ofSeconds(config.answerSeconds());
    }

    /// The same where keys are made.
    static Duration making(HsmConfig config) {
        return answer(config).multipliedBy(MAKING);
    }

    /// Does it in a session; an error when no session is free in time or the module does not
    /// answer, too.
    <T> T with(Work<T> work) throws GeneralSecurityException {
        return with(work, answer(config));
    }

    /// The same for what makes keys.
    <T> T making(Work<T> work) throws GeneralSecurityException {
        return with(work, making(config));
    }

    private <T> T with(Work<T> work, Duration limit) throws GeneralSecurityException {
        try (var place = places.enter()) {
            var to = connected(place);
            try {
                return place.send(() -> run(to, work), limit);
            } finally {
                lock.readLock().unlock();
            }
        }
    }

    /// Why no session will be free any more; empty when one may be.
    String trouble() {
        if (places.lost() > 0 && loggingIn.get()) {
            return NO_SECOND_LOGIN;
        }
        return places.isAllLost() ? places.trouble() : "";
    }

    private static <T> T run(Connection to, Work<T> work) throws GeneralSecurityException {
        try {
            var session = to.session();
            T done;
            try {
                done = work.run(session, to.keys);
            } catch (GeneralSecurityException | RuntimeException e) {
                session.close();
                throw e;
            }
            to.giveBack(session);
            return done;
        } catch (Pkcs11Failure e) {
            if (isGone(e)) {
                to.lost = true;
            }
            throw e;
        }
    }

    /// A handle that is not known any more belongs to a login or a token that is gone.
    private static boolean isGone(Pkcs11Failure e) {
        return e.lost() || e.rv() == CKR_KEY_HANDLE_INVALID || e.rv() == CKR_OBJECT_HANDLE_INVALID;
    }

    /// The connection, and the read lock with it.
    private Connection connected(Places.Place place) throws GeneralSecurityException {
        if (!await(lock.readLock()::tryLock)) {
            throw silent();
        }
        var there = connection;
        if (there != null && !there.lost) {
            return there;
        }
        lock.readLock().unlock();
        if (!await(lock.writeLock()::tryLock)) {
            throw silent();
        }
        try {
            var now = connection;
            if (now == null || now.lost) {
                connection = null;
                now = place.send(() -> connectAnew(there), answer(config), Connection::close);
                connection = now;
            }
            lock.readLock().lock();
            return now;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private GeneralSecurityException silent() {
        return new GeneralSecurityException(
                "the HSM gave no answer for " + config.waitSeconds() + " s");
    }

    private Connection connectAnew(@Nullable Connection former) throws GeneralSecurityException {
        var refused = pinRefused;
        if (refused != null) {
            throw refused;
        }
        if (former != null) {
            former.close();
        }
        try {
            return connect();
        } catch (Pkcs11Failure e) {
            if (pinRefused != null || places.lost() > 0) {
                throw e;
            }
            // Some modules find their device again only so. Not while somebody is in a call.
            module.restart();
            return connect();
        }
    }

    private Connection connect() throws GeneralSecurityException {
        var token = module.token(config.token());
        var anchor = token.open();
        try {
            login(anchor);
            return new Connection(token, anchor, TokenKeys.load(token, anchor, config, wrapping));
        } catch (GeneralSecurityException | RuntimeException e) {
            anchor.close();
            throw e;
        }
    }

    private void login(TokenSession session) throws GeneralSecurityException {
        if (!loggingIn.compareAndSet(false, true)) {
            throw new GeneralSecurityException(NO_SECOND_LOGIN);
        }
        try (var copy = copyOfPin()) {
            session.login(User.USER, copy);
        } catch (Pkcs11Failure e) {
            if (e.rv() >= CKR_PIN_INCORRECT && e.rv() <= CKR_PIN_LOCKED) {
                pinRefused = e;
            }
            throw e;
        } finally {
            loggingIn.set(false);
        }
    }

    /// Of this call alone: another thread may not come back from its login.
    private Secret copyOfPin() {
        synchronized (pin) {
            try {
                return Secret.copyOf(pin.expose(), 0, pin.size());
            } finally {
                pin.rest();
            }
        }
    }

    /// Whether the token refused the PIN, which is then never tried again.
    boolean isPinRefused() {
        return pinRefused != null;
    }

    private interface Attempt {
        boolean within(long time, TimeUnit unit) throws InterruptedException;
    }

    private boolean await(Attempt attempt) {
        try {
            return attempt.within(config.waitSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Gives up the sessions and wipes the PIN. A module that is still in a call is left alone: it
    /// must not be finalised then.
    @Override
    public void close() {
        if (await(lock.writeLock()::tryLock)) {
            try {
                var last = connection;
                connection = null;
                finish(last);
            } finally {
                lock.writeLock().unlock();
            }
        }
        synchronized (pin) {
            pin.close();
        }
        places.close();
    }

    private void finish(@Nullable Connection last) {
        if (places.lost() > 0) {
            return;
        }
        try (var place = places.enter()) {
            place.send(
                    () -> {
                        if (last != null) {
                            last.close();
                        }
                        module.close();
                        return true;
                    },
                    answer(config));
        } catch (GeneralSecurityException e) {
            LOG.warn("the sessions with the HSM were not closed: {}", e.getMessage());
        }
    }
}
