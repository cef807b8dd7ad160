package dev.custodian.server.store;

import dev.custodian.core.Refused;

/// The rows of one server, or of several nodes that share them.
///
/// Whatever goes wrong below comes out as a [Refused] of kind `STORAGE_FULL` or `STORAGE_FAILED`,
/// with nothing half written; the store serves again as soon as it can.
public interface Store extends AutoCloseable {
    /// Begins a transaction that may write, once no other one of this store or of another process
    /// runs.
    Tx begin() throws Refused;

    /// Opens a snapshot: everything read through it is of one moment.
    Reader read() throws Refused;

    @Override
    void close();
}
