package dev.custodian.agent.signing;

import dev.custodian.client.FactorSource;
import dev.custodian.client.Signing;
import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import java.util.List;

/// Has digests signed.
@FunctionalInterface
public interface Server {
    /// Asks `factors` once, when all else is ready.
    ///
    /// @return signatures in the order of the request's digests, each checked against certificate
    ///   and journal
    List<Bytes> sign(Signing.Request request, FactorSource factors) throws Refused;
}
