package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.Store;
import dev.custodian.server.trust.DeviceTrust;
import dev.custodian.server.vault.Vault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;

/// The activation module's parts, wired: one set of keys, nonces, locks and PIN semaphores for all
/// use cases.
public record ActivationModule(
        Activation activation,
        Consents consents,
        Enrolment enrolment,
        Changes changes,
        Joining joining,
        Recovery recovery,
        Proving proving,
        ActivationKeys keys,
        Challenges challenges) {
    private static final String CHALLENGE = "custodian/challenge/1";

    /// Wires the parts over one store, journal and vault.
    ///
    /// @param thumbprint of the server's identity key
    /// @param recoveryDelay between a right recovery code and the new device
    /// @param trust whose TPMs and cards are trusted
    public static ActivationModule of(
            Store store,
            Journal journal,
            Vault vault,
            Bytes thumbprint,
            Duration recoveryDelay,
            DeviceTrust trust,
            Clock clock,
            SecureRandom random) {
        return of(
                store, journal, vault, thumbprint, recoveryDelay, trust, clock, random, new Pins());
    }

    static ActivationModule of(
            Store store,
            Journal journal,
            Vault vault,
            Bytes thumbprint,
            Duration recoveryDelay,
            DeviceTrust trust,
            Clock clock,
            SecureRandom random,
            Pins pins) {
        var keys = new ActivationKeys(clock, random);
        var challenges = new Challenges(clock, random, data -> vault.mac(CHALLENGE, data));
        var check = new IntentCheck(thumbprint, challenges, clock);
        var peppers = new Peppers(vault);
        var opening = new OwnerOpening(store, journal, peppers, pins, clock);
        var renewal = new Renewal(vault, random);
        var demands = new Demands(clock);
        var hardware = new Hardware(vault, trust);
        var seals = new FactorSeals(store, peppers, pins, random);
        var writer = new ChangeWriter(journal);
        // One try at a time for each device, whatever it is for.
        var devices = new KeyedLocks<Id>();
        var owners = new KeyedLocks<Id>();
        var consents =
                new Consents(
                        store, journal, keys, check, opening, renewal, demands, hardware, devices,
                        clock, random);
        var joining = new Joining(store, journal, keys, check, seals, clock);
        var recovery =
                new Recovery(
                        store,
                        journal,
                        keys,
                        check,
                        peppers,
                        seals,
                        writer,
                        owners,
                        recoveryDelay,
                        clock);
        return new ActivationModule(
                new Activation(
                        store, journal, keys, check, opening, renewal, demands, hardware, consents,
                        devices, clock, random),
                consents,
                new Enrolment(store, journal, vault, keys, check, seals, clock, random),
                new Changes(
                        store, keys, check, opening, seals, writer, joining, recovery, devices,
                        owners, clock),
                joining,
                recovery,
                new Proving(store, journal, vault, hardware, clock, random),
                keys,
                challenges);
    }
}
