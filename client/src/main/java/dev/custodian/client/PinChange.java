package dev.custodian.client;

import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.intent.ChangeKind;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Change;
import java.security.SecureRandom;
import java.util.List;

/// Exchanges what the owner knows: the PIN, or the recovery code. Either holds for all devices at
/// once.
public final class PinChange {
    private final DeviceSession session;
    private final OwnerChange changes;

    public PinChange(DeviceSession session, Journal journal, SecureRandom random) {
        this.session = session;
        this.changes = new OwnerChange(session, journal, random);
    }

    /// Changes the PIN; both travel in one box, for this change alone.
    ///
    /// @param given share and old PIN; wiped
    /// @param next the new PIN, as [Pin#of] made it; wiped
    public Change pin(FactorSource.Given given, Secret next, List<Shown> shown) throws Refused {
        return make(ChangeKind.PIN, given, next, shown);
    }

    /// Puts another recovery code in the place of the one before.
    ///
    /// @param given share and PIN; wiped
    /// @param next the new code; wiped
    public Change recoveryCode(FactorSource.Given given, Secret next, List<Shown> shown)
            throws Refused {
        return make(ChangeKind.RECOVERY_CODE, given, next, shown);
    }

    private Change make(ChangeKind kind, FactorSource.Given given, Secret next, List<Shown> shown)
            throws Refused {
        var owner = session.memory().now().owner().text();
        try (next) {
            return changes.make(new OwnerChange.Wanted(kind, "", "", owner, shown), given, next);
        }
    }
}
