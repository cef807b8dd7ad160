package dev.custodian.core.attest;

import dev.custodian.core.Secret;

/// A challenge that waits for its answer. Good for one: whoever has it drops it then, and after
/// minutes.
///
/// @param endorsement whom it is for
/// @param key the secret in it
public record OpenChallenge(Endorsement endorsement, Challenge challenge, Secret key)
        implements AutoCloseable {
    @Override
    public void close() {
        key.close();
    }
}
