package dev.custodian.it;

import java.util.Map;

/// What keeps the device keys of a [Machine].
public interface StoreOfMachine extends AutoCloseable {
    /// How the agent is told.
    String option();

    /// What the agent needs to find it.
    Map<String, String> environment();

    /// The agent ended.
    default void ended() {}

    @Override
    void close();
}
