package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.attest.NotAttestedException;
import dev.custodian.core.attest.NotProvedException;
import dev.custodian.core.attest.PivAttestation;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.attest.TpmAttestation;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.ProofRow;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.Store;
import dev.custodian.server.vault.Vault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An enrolled device proves that its key is in hardware (`docs/reference/attestation.md`). Of what
/// it shows, a keyed hash is kept.
///
/// No MAC of the owner's covers a proof, and its record is not in the owner's chain: that counts
/// what the owner approved with the PIN. A MAC of the vault covers it.
public final class Proving {
    private static final String EK_KEY = "custodian/ek/1";
    private static final String PIV_KEY = "custodian/piv/1";
    private static final String WHAT = "prove-device";
    private static final int HASH = 32;

    private final Store store;
    private final Journal journal;
    private final Vault vault;
    private final Hardware hardware;
    private final Questions questions;
    private final Clock clock;
    private final SecureRandom random;

    Proving(
            Store store,
            Journal journal,
            Vault vault,
            Hardware hardware,
            Clock clock,
            SecureRandom random) {
        this.store = store;
        this.journal = journal;
        this.vault = vault;
        this.hardware = hardware;
        this.questions = new Questions(vault, clock);
        this.clock = clock;
        this.random = random;
    }

    /// What a TPM is asked.
    ///
    /// @param state to be sent back with the answer: the question is kept nowhere else
    public record Asked(Bytes challenge, Bytes state) {}

    /// What is taken as proof.
    public Set<ProofKind> wanted() {
        return hardware.trust().wanted();
    }

    /// How well the keys of an owner's devices are kept.
    public Map<Id, DeviceVerdict> verdicts(Id owner) throws Refused {
        try (var reader = store.read()) {
            return hardware.verdicts(reader, owner);
        }
    }

    /// Asks a device's TPM.
    ///
    /// @param claim a [dev.custodian.core.attest.Claim]
    public Asked ask(DeviceCaller caller, Bytes claim) throws Refused {
        requireWanted(ProofKind.TPM);
        var trusted = hardware.trust().authorities(ProofKind.TPM);
        try {
            var endorsement =
                    TpmAttestation.endorsement(
                            TpmAttestation.claim(claim), trusted, clock.instant());
            try (var open = TpmAttestation.challenge(endorsement, random)) {
                var challenge = open.challenge().encode();
                return new Asked(
                        challenge, questions.keep(caller.device(), open.key(), challenge, claim));
            }
        } catch (NotProvedException e) {
            throw refused(e.flaw().sentence());
        }
    }

    /// Takes a TPM's answer. The same one again, should this be lost, is answered alike.
    ///
    /// @param state as [#ask] gave it
    /// @param answer an [dev.custodian.core.attest.Answer]
    public void answer(DeviceCaller caller, Bytes state, Bytes answer) throws Refused {
        requireWanted(ProofKind.TPM);
        var device = device(caller);
        try (var asked = questions.open(caller.device(), state)) {
            var question = Hashes.sha256(state);
            if (wasAnswered(device, question)) {
                return;
            }
            questions.take(journal, question);
            var trusted = hardware.trust().authorities(ProofKind.TPM);
            var claim = TpmAttestation.claim(asked.claim());
            var endorsement = TpmAttestation.endorsement(claim, trusted, clock.instant());
            var proof = TpmAttestation.proof(asked.open(endorsement), claim.keyArea(), answer);
            requireKey(device, proof.publicKey());
            try (var key = key(EK_KEY)) {
                write(
                        device,
                        row(
                                device,
                                ProofKind.TPM,
                                endorsement.mark(key),
                                hardware.trust().named(ProofKind.TPM, endorsement.vouchers()),
                                question));
            }
        } catch (NotProvedException e) {
            throw refused(e.flaw().sentence());
        }
    }

    /// Takes a card's statement.
    ///
    /// @param statement about the key, a certificate
    /// @param certificate the card's
    public void show(DeviceCaller caller, Bytes statement, Bytes certificate) throws Refused {
        requireWanted(ProofKind.PIV);
        var device = device(caller);
        try {
            var trusted = hardware.trust().authorities(ProofKind.PIV);
            var shown =
                    PivAttestation.judge(List.of(statement, certificate), trusted, clock.instant());
            requireKey(device, Bytes.of(shown.attestation().publicKey().getEncoded()));
            try (var key = key(PIV_KEY)) {
                write(
                        device,
                        row(
                                device,
                                ProofKind.PIV,
                                shown.attestation().mark(key),
                                hardware.trust().named(ProofKind.PIV, shown.vouchers()),
                                Bytes.EMPTY));
            }
        } catch (NotAttestedException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private void requireWanted(ProofKind kind) throws Refused {
        if (!wanted().contains(kind)) {
            throw refused("This server takes no such proof.");
        }
    }

    private static void requireKey(DeviceRow device, Bytes proved) throws Refused {
        if (!proved.equals(device.spki())) {
            throw refused("It is about another key than this device's.");
        }
    }

    static Refused refused(String why) {
        return new Refused(FailureKind.HARDWARE_NOT_PROVED, why);
    }

    private DeviceRow device(DeviceCaller caller) throws Refused {
        try (var reader = store.read()) {
            return active(reader, caller);
        }
    }

    private static DeviceRow active(Reader reader, DeviceCaller caller) throws Refused {
        var device = reader.device(caller.device());
        if (device == null || !device.isActive() || !device.owner().equals(caller.owner())) {
            throw new Refused(FailureKind.NOT_AUTHENTICATED);
        }
        return device;
    }

    private boolean wasAnswered(DeviceRow device, Bytes question) throws Refused {
        @Nullable ProofRow proof;
        try (var reader = store.read()) {
            proof = reader.factors().proof(device.id());
        }
        return proof != null
                && proof.question().equals(question)
                && hardware.bound(device, proof).why().isEmpty();
    }

    /// The server's key for marks.
    private Secret key(String label) {
        return Secret.owning(vault.mac(label, Bytes.EMPTY).toArray());
    }

    private ProofRow row(
            DeviceRow device, ProofKind kind, Bytes mark, Bytes vouchers, Bytes question) {
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return hardware.sealed(
                device,
                new ProofRow(device.id(), kind, mark, vouchers, question, now, Bytes.EMPTY));
    }

    private void write(DeviceRow device, ProofRow row) throws Refused {
        if (row.vouchers().size() == 0) {
            throw refused("Who vouches for it was taken from the folder just now.");
        }
        var caller = new DeviceCaller(device.owner(), device.id());
        var id = device.id().text();
        journal.write(
                (tx, records) -> {
                    if (!active(tx, caller).spki().equals(device.spki())) {
                        throw new Refused(FailureKind.TAMPERED, "The device's key was changed.");
                    }
                    tx.factors().putProof(row);
                    records.append(
                            WHAT,
                            id,
                            id,
                            Map.of(
                                    "owner", device.owner().text(),
                                    "spki", device.spki().base64Url(),
                                    "verdict", DeviceVerdict.HARDWARE_PROVED.name(),
                                    "proof", row.kind().text(),
                                    "root", root(row)));
                    return true;
                });
    }

    /// H of the root's key: by it what rested on a withdrawn root is found.
    private static String root(ProofRow row) {
        int size = row.vouchers().size();
        return row.vouchers().slice(size - HASH, size).hex();
    }
}
