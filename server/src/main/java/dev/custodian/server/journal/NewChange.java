package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A `change` record to be written, about a credential or an owner.
///
/// @param chain the credential or owner
/// @param what changed, such as `enrolled` or `created`
/// @param subject what it was done to
/// @param by who did it: a device's id, or `operator`
/// @param intent H(intent) when an owner approved it
/// @param details more, by name: hashes of a policy or a public key, for instance
public record NewChange(
        Id chain,
        String what,
        String subject,
        String by,
        @Nullable Bytes intent,
        Map<String, String> details) {
    public NewChange {
        details = Map.copyOf(details);
    }
}
