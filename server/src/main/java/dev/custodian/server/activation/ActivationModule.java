package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.Store;
import dev.custodian.server.vault.Vault;
import java.security.SecureRandom;
import java.time.Clock;

/// The activation module's parts, wired: one set of keys, nonces and PIN semaphores for both use
/// cases.
public record ActivationModule(
        Activation activation, Enrolment enrolment, ActivationKeys keys, Challenges challenges) {
    private static final String CHALLENGE = "custodian/challenge/1";

    /// Wires the parts over one store, journal and vault.
    ///
    /// @param thumbprint of the server's identity key
    public static ActivationModule of(
            Store store,
            Journal journal,
            Vault vault,
            Bytes thumbprint,
            Clock clock,
            SecureRandom random) {
        return of(store, journal, vault, thumbprint, clock, random, new Pins());
    }

    static ActivationModule of(
            Store store,
            Journal journal,
            Vault vault,
            Bytes thumbprint,
            Clock clock,
            SecureRandom random,
            Pins pins) {
        var keys = new ActivationKeys(clock, random);
        var challenges = new Challenges(clock, random, data -> vault.mac(CHALLENGE, data));
        var check = new IntentCheck(thumbprint, challenges, clock);
        var peppers = new Peppers(vault);
        return new ActivationModule(
                new Activation(store, journal, keys, check, peppers, pins, clock, random),
                new Enrolment(store, journal, vault, keys, check, peppers, pins, clock, random),
                keys,
                challenges);
    }
}
