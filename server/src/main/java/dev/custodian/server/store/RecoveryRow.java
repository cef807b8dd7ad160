package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import java.time.Instant;

/// A recovery that the right code began.
///
/// @param spki public half of the new device's key, DER
/// @param due when it may be completed
/// @param expires until when
public record RecoveryRow(Id owner, Bytes spki, Instant due, Instant expires) {}
