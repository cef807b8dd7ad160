package dev.custodian.server.activation;

import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.evidence.Sealed;

/// What stands beside `DEVICE` (FORMATS §2).
public sealed interface SecondProof extends AutoCloseable {
    /// `SEALED`: PIN and share.
    record OfFactors(Sealed sealed) implements SecondProof {
        @Override
        public void close() {}
    }

    /// `CONSENT`: the secret of a consent that was given before.
    record OfConsent(ConsentSecret secret) implements SecondProof {
        @Override
        public void close() {
            secret.close();
        }
    }

    /// Wipes what is secret of it.
    @Override
    void close();
}
