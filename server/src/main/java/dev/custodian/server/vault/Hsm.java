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
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// The way to a token: a bounded number of sessions, logged in once. When the module says that
/// token, session or login are gone, everything is thrown away and made anew for the next use.
final class Hsm implements AutoCloseable {
    /// Something to be done in a session that nobody else uses meanwhile. What it throws costs the
    /// session, and with it all session objects.
    interface Work<T> {
        T run(TokenSession session, TokenKeys keys) throws GeneralSecurityException;
    }

    private static final long WAIT_SECONDS = 10;

    private final HsmConfig config;
    private final Secret pin;
    private final List<KnownKey> wrapping;
    private final Pkcs11Module module;
    private final Semaphore free;

    /// Read: a session is used. Write: the connection is made or given up.
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    private @Nullable Connection connection;

    /// A refused PIN is not tried again: the third try locks many a token.
    private @Nullable Pkcs11Failure pinRefused;

    /// What is lost together.
    private static final class Connection {
        private final Token token;

        /// Never lent: with its last session a process is logged out.
        private final TokenSession anchor;

        private final TokenKeys keys;
        private final Deque<TokenSession> idle = new ConcurrentLinkedDeque<>();
        private volatile boolean lost;

        private Connection(Token token, TokenSession anchor, TokenKeys keys) {
            this.token = token;
            this.anchor = anchor;
            this.keys = keys;
        }

        private TokenSession session() throws Pkcs11Failure {
            var waiting = idle.poll();
            return waiting == null ? token.open() : waiting;
        }

        private void close() {
            idle.forEach(TokenSession::close);
            anchor.close();
        }
    }

    private Hsm(HsmConfig config, Secret pin, List<KnownKey> wrapping, Pkcs11Module module) {
        this.config = config;
        this.pin = pin;
        this.wrapping = wrapping;
        this.module = module;
        this.free = new Semaphore(config.sessions(), true);
    }

    /// Loads the module. Takes `pin` over and wipes it when closed; it waits outside the heap.
    ///
    /// @param wrapping what the wrapping keys are known by, the newest first
    static Hsm load(HsmConfig config, Secret pin, List<KnownKey> wrapping) throws Pkcs11Failure {
        return new Hsm(config, pin, wrapping, ConfiguredToken.load(config));
    }

    /// Does it in a session; an error when no session is free in 10 s, too.
    <T> T with(Work<T> work) throws GeneralSecurityException {
        if (!await(free::tryAcquire)) {
            throw new GeneralSecurityException("all sessions with the HSM were busy for 10 s");
        }
        try {
            var to = connected();
            try {
                return run(to, work);
            } finally {
                lock.readLock().unlock();
            }
        } finally {
            free.release();
        }
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
            to.idle.push(session);
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
    private Connection connected() throws GeneralSecurityException {
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
                now = connectAnew();
            }
            lock.readLock().lock();
            return now;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private static GeneralSecurityException silent() {
        return new GeneralSecurityException("the HSM gave no answer for 10 s");
    }

    private Connection connectAnew() throws GeneralSecurityException {
        if (pinRefused != null) {
            throw pinRefused;
        }
        if (connection != null) {
            connection.close();
            connection = null;
        }
        Connection made;
        try {
            made = connect();
        } catch (Pkcs11Failure e) {
            if (pinRefused != null) {
                throw e;
            }
            // Some modules find their device again only so.
            module.restart();
            made = connect();
        }
        connection = made;
        return made;
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

    private void login(TokenSession session) throws Pkcs11Failure {
        try {
            session.login(User.USER, pin);
        } catch (Pkcs11Failure e) {
            if (e.rv() >= CKR_PIN_INCORRECT && e.rv() <= CKR_PIN_LOCKED) {
                pinRefused = e;
            }
            throw e;
        } finally {
            pin.rest();
        }
    }

    /// Whether the token refused the PIN, which is then never tried again.
    boolean isPinRefused() {
        return pinRefused != null;
    }

    private interface Attempt {
        boolean within(long time, TimeUnit unit) throws InterruptedException;
    }

    private static boolean await(Attempt attempt) {
        try {
            return attempt.within(WAIT_SECONDS, TimeUnit.SECONDS);
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
                if (connection != null) {
                    connection.close();
                    connection = null;
                }
                module.close();
            } finally {
                lock.writeLock().unlock();
            }
        }
        pin.close();
    }
}
