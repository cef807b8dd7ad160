package dev.custodian.server.owner;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.SessionRow;
import dev.custodian.server.store.Store;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Sessions of enrolled devices (DESIGN §7): short, bound to an ephemeral key, ended at once by the
/// removal of the device.
public final class Sessions {
    /// How long a token is good.
    public static final Duration LIFE = Duration.ofMinutes(10);

    /// A live session.
    ///
    /// @param jkt thumbprint of the key that each request must prove
    public record Session(DeviceCaller caller, String jkt) {}

    private final Store store;
    private final Journal journal;
    private final Clock clock;
    private final SecureRandom random;

    public Sessions(Store store, Journal journal, Clock clock, SecureRandom random) {
        this.store = store;
        this.journal = journal;
        this.clock = clock;
        this.random = random;
    }

    /// The public key (DER) of an enrolled device; null when there is none or it was removed.
    public @Nullable Bytes deviceKey(Id device) throws Refused {
        try (var reader = store.read()) {
            var row = reader.device(device);
            return row != null && isActive(row) ? row.spki() : null;
        }
    }

    /// Opens a session.
    ///
    /// @param jti of the assertion, which is remembered until `jtiExpires`; a second use is refused
    /// @param jkt thumbprint of the key that the token is bound to
    public AccessToken open(Id device, String jti, Instant jtiExpires, String jkt) throws Refused {
        var octets = new byte[32];
        random.nextBytes(octets);
        var token = AccessToken.of(Bytes.of(octets));
        var jtiHash = Hashes.sha256(Bytes.join(Bytes.utf8(device.text()), Bytes.utf8(jti)));
        var session =
                new SessionRow(
                        AccessToken.hash(token.expose()), device, jkt, clock.instant().plus(LIFE));
        return journal.write(
                (tx, _) -> {
                    var row = tx.device(device);
                    if (row == null || !isActive(row) || !tx.takeJti(jtiHash, jtiExpires)) {
                        throw new Refused(FailureKind.NOT_AUTHENTICATED);
                    }
                    tx.insertSession(session);
                    return token;
                });
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
