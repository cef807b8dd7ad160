package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import java.time.Instant;

/// An intent that has changed an owner's factors, kept as long as it could be sent again.
///
/// @param intent H(intent)
/// @param sender the device that sent it
/// @param seq number of its `change` record in the owner's chain
public record MadeChangeRow(Bytes intent, Id owner, String sender, long seq, Instant expires) {}
