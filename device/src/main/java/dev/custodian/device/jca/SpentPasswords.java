package dev.custodian.device.jca;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.device.DeviceFailure;
import dev.custodian.device.DeviceStore;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.UnrecoverableKeyException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// On which store each password was tried: it is tried on no other, and a store where one was wrong
/// is asked no more, since all keys of a device count the same tries. Keeps no password, but a
/// keyed hash of it.
final class SpentPasswords {
    private static final String HMAC = "HmacSHA256";
    private static final int KEY = 32;

    private final SecretKeySpec key;
    private final Map<Bytes, DeviceStore> tried = new HashMap<>();
    private final Set<DeviceStore> wrong = new HashSet<>();

    SpentPasswords(SecureRandom random) {
        var octets = new byte[KEY];
        random.nextBytes(octets);
        key = new SecretKeySpec(octets, HMAC);
    }

    private Bytes mark(Secret password) {
        try {
            var mac = Mac.getInstance(HMAC);
            mac.init(key);
            return Bytes.of(mac.doFinal(password.expose()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK without " + HMAC, e);
        }
    }

    /// Refuses where the password would be one of another store's, or one more that is wrong.
    void require(Secret password, DeviceStore store) throws UnrecoverableKeyException {
        var of = tried.get(mark(password));
        if (of != null && !of.equals(store)) {
            throw new UnrecoverableKeyException(
                    "Nothing was tried: the password was given for "
                            + of.label()
                            + ", and is not spent on "
                            + store.label()
                            + ". Name one store alone, or give this key a password of its own.");
        }
        if (wrong.contains(store)) {
            throw new UnrecoverableKeyException(
                    DeviceFailure.PIN_WRONG.sentence()
                            + " No other is tried on "
                            + store.label()
                            + " before the keys are loaded anew.");
        }
    }

    /// It is tried there now, and wrong until it was right.
    void on(Secret password, DeviceStore store) {
        tried.put(mark(password), store);
        wrong.add(store);
    }

    void right(DeviceStore store) {
        wrong.remove(store);
    }

    void clear() {
        tried.clear();
        wrong.clear();
    }
}
