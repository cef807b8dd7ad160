package dev.custodian.server.activation;

import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.server.store.Tx;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a new device says of how its key is kept. Nobody has verified it: it is shown, and decides
/// nothing.
///
/// @param verdict null when it says nothing
record Said(@Nullable DeviceVerdict verdict) {
    private static final String DETAIL = "verdict";

    /// The details of the device's record with it.
    Map<String, String> in(Map<String, String> details) {
        if (verdict == null) {
            return details;
        }
        var more = new HashMap<>(details);
        more.put(DETAIL, verdict.name());
        return Map.copyOf(more);
    }

    void write(Tx tx, Id device) throws Refused {
        if (verdict != null) {
            tx.factors().say(device, verdict);
        }
    }
}
