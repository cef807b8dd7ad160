package dev.custodian.server.journal;

import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;

/// A key that is going to be made.
///
/// @param custody who will be able to open it
/// @param subject distinguished name for the certificate request, as RFC 4514 writes it
/// @param by who asked for it: `operator`, or a device's id
public record NewCreation(
        Id credential,
        Id owner,
        Custody custody,
        KeyAlgorithm algorithm,
        String subject,
        String by) {}
