package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The public keys of the credentials that signed last, ready for their next signature.
final class VerifyingKeys {
    /// What one with its multiples takes is some kilobytes.
    private static final int MOST = 256;

    private final Map<Bytes, VerifyingKey> latest = new LinkedHashMap<>(16, 0.75f, true);

    VerifyingKey of(KeyAlgorithm algorithm, Bytes spki) throws GeneralSecurityException {
        var known = known(spki);
        if (known != null) {
            return known;
        }
        var ready = VerifyingKey.of(PublicKeys.parse(algorithm, spki));
        keep(spki, ready);
        return ready;
    }

    private synchronized @Nullable VerifyingKey known(Bytes spki) {
        return latest.get(spki);
    }

    private synchronized void keep(Bytes spki, VerifyingKey ready) {
        latest.put(spki, ready);
        if (latest.size() > MOST) {
            latest.remove(latest.keySet().iterator().next());
        }
    }

    synchronized int size() {
        return latest.size();
    }
}
