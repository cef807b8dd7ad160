package dev.custodian.server.activation;

import dev.custodian.core.Level;
import dev.custodian.core.evidence.Sad;
import java.time.Instant;

/// The answer to an approval.
public record Authorized(Sad sad, Instant expires, Level level) {}
