package dev.custodian.client;

import dev.custodian.core.Id;
import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;

/// A consent that this device holds (FORMATS §6): what signs under it without PIN and share. Kept
/// in memory only; wiped when closed.
///
/// @param terms what the person approved
public record Consent(Id id, Matter.Consent terms, ConsentSecret secret) implements AutoCloseable {
    public Consent {
        id.require(Id.Kind.CONSENT);
    }

    /// The line that every approval under it shows.
    Shown subject() {
        return Shown.subject(terms.subject());
    }

    @Override
    public void close() {
        secret.close();
    }
}
