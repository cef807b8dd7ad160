package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Purpose;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Approval given ahead, for a device and a credential (FORMATS §6).
///
/// @param secret H(secret), unique
/// @param version of the credential when the consent was given; another one ends it
/// @param subject for whom, as the device reported it
/// @param count signatures that were approved
/// @param remaining those of them that are left
/// @param level of the approval that it was given by
/// @param opening the credential's key under the secret; null once nothing remains or the consent
///   has ended
public record ConsentRow(
        Id id,
        Bytes secret,
        Id owner,
        Id credential,
        int version,
        Id device,
        Purpose purpose,
        String subject,
        int count,
        int remaining,
        Instant expires,
        boolean revoked,
        Level level,
        @Nullable Opening opening) {
    /// The same, with its opening.
    public ConsentRow withOpening(Opening given) {
        return new ConsentRow(
                id,
                secret,
                owner,
                credential,
                version,
                device,
                purpose,
                subject,
                count,
                remaining,
                expires,
                revoked,
                level,
                given);
    }

    /// Says nothing of the opening.
    @Override
    public String toString() {
        return "ConsentRow[" + id + ", " + credential + "]";
    }
}
