package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import org.jspecify.annotations.Nullable;

/// A digest that is being authorized.
///
/// @param hash null when the caller could not know it
public record NewDigest(Bytes value, @Nullable HashAlgorithm hash) {}
