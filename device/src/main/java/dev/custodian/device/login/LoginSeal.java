package dev.custodian.device.login;

import dev.custodian.core.Secret;
import java.io.IOException;

/// Seals for whoever is logged in to the system, without asking anybody.
public interface LoginSeal {
    /// Octets that only [#open] with the same purpose, under the same user on this machine, opens.
    ///
    /// @param purpose what it is for, in ASCII; no secret
    byte[] seal(String purpose, Secret plain) throws IOException;

    /// The caller closes it. Fails when it was sealed for another purpose or user, or was changed.
    Secret open(String purpose, byte[] sealed) throws IOException;

    /// Forgets what the system keeps for what was sealed, if it keeps anything: it opens no more.
    ///
    /// @param sealed nothing happens when it is not of this
    default void forget(byte[] sealed) throws IOException {}
}
