package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import org.jspecify.annotations.Nullable;

/// What is kept about logins.
public interface LoginReader {
    @Nullable LoginRow find(Bytes login) throws Refused;
}
