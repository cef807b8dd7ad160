package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import java.time.Instant;

/// A device's access token (DESIGN §7); of the token only the hash is kept.
///
/// @param login what it comes from
/// @param jkt thumbprint of the ephemeral key that the token is bound to (RFC 9449 §6.1)
public record SessionRow(Bytes tokenHash, Bytes login, Id device, String jkt, Instant expires) {}
