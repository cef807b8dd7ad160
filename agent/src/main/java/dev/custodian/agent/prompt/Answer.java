package dev.custodian.agent.prompt;

import dev.custodian.core.Secret;

/// What the person decided.
public sealed interface Answer {
    /// No.
    record Refusal() implements Answer {}

    /// Yes, to this alone. Whoever gets it closes the PIN.
    record Approval(Secret pin) implements Answer {}

    /// Yes, and to what the offer allows. Whoever gets it closes the PIN.
    record Consent(Secret pin, Offer offer) implements Answer {}
}
