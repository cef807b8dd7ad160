package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import java.time.Instant;

/// The key that goes into every PIN's hash (FORMATS §4); the newest has the highest number.
///
/// @param wrapped by the vault
public record PepperRow(long number, Bytes wrapped, Instant created) {}
