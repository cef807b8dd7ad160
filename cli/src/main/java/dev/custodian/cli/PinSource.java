package dev.custodian.cli;

import dev.custodian.core.Refused;
import dev.custodian.core.Secret;

/// Where the demo's PIN comes from.
interface PinSource extends AutoCloseable {
    /// The PIN that the owner wants from now on. The caller closes it.
    Secret choose() throws Refused;

    /// The PIN for one approval. The caller closes it.
    Secret approve() throws Refused;

    /// Whether another try may give another PIN.
    boolean mayErr();

    @Override
    void close();
}
