package dev.custodian.client;

import dev.custodian.core.Refused;
import dev.custodian.core.Secret;

/// Whoever asks the person: a terminal, a dialog.
@FunctionalInterface
public interface FactorSource {
    /// Shows what is to be signed and waits for the answer; refuses when the person does.
    Given ask(Signing.Request request) throws Refused;

    /// What the person and the device gave; wiped after use.
    ///
    /// @param pin as [Pin#of] made it
    /// @param share the device's
    record Given(Secret pin, Secret share) implements AutoCloseable {
        @Override
        public void close() {
            pin.close();
            share.close();
        }
    }
}
