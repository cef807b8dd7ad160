package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// An invitation (FORMATS §3); of its code only the hash is kept.
///
/// @param usedBy the owner that it made; null while it is unused
public record InvitationRow(Bytes codeHash, String name, Instant expires, @Nullable Id usedBy) {}
