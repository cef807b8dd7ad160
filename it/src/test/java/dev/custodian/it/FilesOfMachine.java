package dev.custodian.it;

import java.util.Map;

/// Files of the agent's.
record FilesOfMachine() implements StoreOfMachine {
    @Override
    public String option() {
        return "software";
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public void close() {
        // nothing runs
    }
}
