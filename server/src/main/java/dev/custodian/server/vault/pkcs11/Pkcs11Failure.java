package dev.custodian.server.vault.pkcs11;

import java.security.GeneralSecurityException;
import java.util.Set;

/// A function of a module failed, or answered what cannot be. Says which and how, never with what.
public final class Pkcs11Failure extends GeneralSecurityException {
    private static final long serialVersionUID = 1;

    /// Those after which a session is of no use, and a new one may be.
    private static final Set<Long> LOST =
            Set.of(
                    Cryptoki.CKR_GENERAL_ERROR,
                    Cryptoki.CKR_DEVICE_ERROR,
                    Cryptoki.CKR_DEVICE_REMOVED,
                    Cryptoki.CKR_OPERATION_ACTIVE,
                    Cryptoki.CKR_SESSION_CLOSED,
                    Cryptoki.CKR_SESSION_HANDLE_INVALID,
                    Cryptoki.CKR_TOKEN_NOT_PRESENT,
                    Cryptoki.CKR_TOKEN_NOT_RECOGNIZED,
                    Cryptoki.CKR_USER_NOT_LOGGED_IN,
                    Cryptoki.CKR_CRYPTOKI_NOT_INITIALIZED);

    private final String function;
    private final long rv;

    private Pkcs11Failure(String function, long rv, String message) {
        super(message);
        this.function = function;
        this.rv = rv;
    }

    static Pkcs11Failure of(String function, long rv) {
        return new Pkcs11Failure(
                function, rv, "%s: %s (0x%X)".formatted(function, ReturnValues.name(rv), rv));
    }

    /// The module said CKR_OK, and its answer cannot be.
    static Pkcs11Failure nonsense(String function, String what) {
        return new Pkcs11Failure(function, Cryptoki.CKR_OK, function + ": the module " + what);
    }

    /// The name of the function that failed.
    public String function() {
        return function;
    }

    /// What it returned; CKR_OK when what it answered cannot be.
    public long rv() {
        return rv;
    }

    /// Whether the session is of no use any more: device, token, session or login are gone, or the
    /// module talks nonsense.
    public boolean lost() {
        return rv == Cryptoki.CKR_OK || LOST.contains(rv);
    }
}
