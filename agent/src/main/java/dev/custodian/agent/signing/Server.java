package dev.custodian.agent.signing;

import dev.custodian.client.Consent;
import dev.custodian.client.Consents;
import dev.custodian.client.FactorSource;
import dev.custodian.client.Signing;
import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.time.Instant;
import java.util.List;

/// Has digests signed.
public interface Server {
    /// Refuses what would be refused after the question too.
    void prepare(Signing.Request request) throws Refused;

    /// Asks `factors` once.
    ///
    /// @return signatures in the order of the request's digests, each checked against certificate
    ///   and journal
    List<Bytes> sign(Signing.Request request, FactorSource factors) throws Refused;

    /// The same under a consent.
    List<Bytes> sign(Signing.Request request, Consent consent) throws Refused;

    /// Gives a consent; whoever gets it closes it.
    Consent grant(Consents.Request request, FactorSource.Given given) throws Refused;

    /// The consents of this device that can still be used, whoever holds their secrets.
    List<Consents.Listed> consents() throws Refused;

    /// Takes a consent back.
    void forget(Id consent) throws Refused;

    /// Its time, by which consents end.
    Instant now() throws Refused;
}
