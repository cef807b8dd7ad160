package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is kept about consents (FORMATS §6).
public interface ConsentReader {
    @Nullable ConsentRow find(Id consent) throws Refused;

    /// The consent whose secret has this hash.
    @Nullable ConsentRow bySecret(Bytes secret) throws Refused;

    /// All consents of a device that are still kept, ended ones too, the first to end first.
    List<ConsentRow> of(Id device) throws Refused;
}
