package dev.custodian.agent.local;

import java.io.IOException;

/// A place that programs connect to. One thread accepts and closes; any other may [#shut] it.
public interface Listener extends AutoCloseable {
    /// What a log calls it.
    String name();

    /// Waits for the next connection.
    ///
    /// @throws IOException also when this was shut
    /// @throws ScarceException when the next call can work
    Connection accept() throws IOException;

    /// Wakes up who accepts.
    void shut();

    @Override
    void close();
}
