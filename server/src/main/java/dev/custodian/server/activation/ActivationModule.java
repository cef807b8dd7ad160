package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.Store;
import dev.custodian.server.vault.Vault;
import java.security.SecureRandom;
import java.time.Clock;

/// The activation module's parts, wired: one set of keys, nonces, locks and PIN semaphores for all
/// use cases.
public record ActivationModule(
        Activation activation,
        Consents consents,
        Enrolment enrolment,
        ActivationKeys keys,
        Challenges challenges) {
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
        var opening = new OwnerOpening(store, journal, peppers, pins, clock);
        var demands = new Demands(clock);
        // One try at a time for each device, whatever it is for.
        var devices = new KeyedLocks<Id>();
        var consents =
                new Consents(store, journal, keys, check, opening, demands, devices, clock, random);
        return new ActivationModule(
                new Activation(
                        store, journal, keys, check, opening, demands, consents, devices, clock,
                        random),
                consents,
                new Enrolment(store, journal, vault, keys, check, peppers, pins, clock, random),
                keys,
                challenges);
    }
}
