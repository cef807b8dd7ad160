package dev.custodian.agent.signing;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Closes the agent with a passphrase until the same one is given again (`ssh-add -x`, `-X`). It
/// protects against somebody at the keyboard; what signs is protected by the PIN.
public final class Lock {
    /// Wrong passphrases after which only a restart opens it.
    static final int MOST_TRIES = 20;

    private final SecureRandom random;
    private Bytes salt = Bytes.EMPTY;
    private Bytes expected = Bytes.EMPTY;
    private int tries;

    public Lock(SecureRandom random) {
        this.random = random;
    }

    public synchronized boolean isLocked() {
        return expected.size() > 0;
    }

    /// Refused with `AGENT_LOCKED` while it is closed.
    public void requireOpen() throws Refused {
        if (isLocked()) {
            throw new Refused(FailureKind.AGENT_LOCKED);
        }
    }

    /// Closes it; refused when it is closed already.
    public synchronized void close(Secret passphrase) throws Refused {
        requireOpen();
        var fresh = new byte[32];
        random.nextBytes(fresh);
        salt = Bytes.of(fresh);
        expected = mac(passphrase);
        tries = 0;
    }

    /// Opens it; refused with `AGENT_LOCKED` when the passphrase is another one.
    public synchronized void open(Secret passphrase) throws Refused {
        if (!isLocked() || ++tries > MOST_TRIES || !mac(passphrase).equalsConstantTime(expected)) {
            throw new Refused(FailureKind.AGENT_LOCKED);
        }
        expected = Bytes.EMPTY;
    }

    private Bytes mac(Secret passphrase) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(salt.toArray(), "HmacSHA256"));
            return Bytes.of(mac.doFinal(passphrase.expose()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has HMAC", e);
        }
    }
}
