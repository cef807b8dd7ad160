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
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An enrolled device proves that its key is in hardware (`docs/reference/attestation.md`). Of what
/// it shows, a keyed hash is kept.
///
/// Once is enough: as long as its proof holds, a device that proves again changes nothing and
/// leaves no record, so that none fills the journal. When what the proof stands on was withdrawn,
/// it proves anew.
///
/// No MAC of the owner's covers a proof, and its record is not in the owner's chain: that counts
/// what the owner approved with the PIN. A MAC of the vault covers it.
public final class Proving {
    private static final String WHAT = "prove-device";

    private final Store store;
    private final Journal journal;
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

    /// Takes a TPM's answer. A device that is proved is told so, whatever it answers: a repeat,
    /// should this be lost, is answered alike.
    ///
    /// @param state as [#ask] gave it
    /// @param answer an [dev.custodian.core.attest.Answer]
    public void answer(DeviceCaller caller, Bytes state, Bytes answer) throws Refused {
        requireWanted(ProofKind.TPM);
        var before = before(caller);
        if (before.isProved) {
            return;
        }
        try (var asked = questions.open(caller.device(), state)) {
            questions.take(journal, Hashes.sha256(state));
            var trusted = hardware.trust().authorities(ProofKind.TPM);
            var claim = TpmAttestation.claim(asked.claim());
            var endorsement = TpmAttestation.endorsement(claim, trusted, clock.instant());
            var proof = TpmAttestation.proof(asked.open(endorsement), claim.keyArea(), answer);
            requireKey(before.device, proof.publicKey());
            write(before, new Proved(ProofKind.TPM, endorsement::mark, endorsement.vouchers()));
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
        var before = before(caller);
        if (before.isProved) {
            return;
        }
        try {
            var trusted = hardware.trust().authorities(ProofKind.PIV);
            var shown =
                    PivAttestation.judge(List.of(statement, certificate), trusted, clock.instant());
            requireKey(before.device, Bytes.of(shown.attestation().publicKey().getEncoded()));
            write(before, new Proved(ProofKind.PIV, shown.attestation()::mark, shown.vouchers()));
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

    /// A device before it proves.
    ///
    /// @param proof null when there is none
    private record Before(DeviceRow device, @Nullable ProofRow proof, boolean isProved) {}

    private Before before(DeviceCaller caller) throws Refused {
        try (var reader = store.read()) {
            var device = active(reader, caller);
            var proof = reader.factors().proof(device.id());
            return new Before(device, proof, hardware.isProved(reader, device, proof));
        }
    }

    private static DeviceRow active(Reader reader, DeviceCaller caller) throws Refused {
        var device = reader.device(caller.device());
        if (device == null || !device.isActive() || !device.owner().equals(caller.owner())) {
            throw new Refused(FailureKind.NOT_AUTHENTICATED);
        }
        return device;
    }

    /// Makes the mark of what was shown, with the server's key for marks.
    private interface Marking {
        Bytes mark(Secret key);
    }

    /// What was judged to hold.
    ///
    /// @param vouchers the keys that it stands on, the root's last
    private record Proved(ProofKind kind, Marking marking, List<Bytes> vouchers) {
        /// H of the root's key: by it what rested on a withdrawn root is found.
        String root() {
            return Hashes.sha256(vouchers.getLast()).hex();
        }
    }

    private ProofRow row(DeviceRow device, Proved proved) throws Refused {
        try (var reader = store.read()) {
            long pepper = Peppers.newest(reader);
            try (var marks = hardware.marks(reader, pepper)) {
                return hardware.sealed(
                        device,
                        new ProofRow(
                                device.id(),
                                proved.kind,
                                pepper,
                                proved.marking.mark(marks.key()),
                                marks.vouchers(proved.vouchers),
                                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                                Bytes.EMPTY));
            }
        }
    }

    /// Writes what is new: a device that another call proved meanwhile stays as that left it.
    private void write(Before before, Proved proved) throws Refused {
        var device = before.device;
        var row = row(device, proved);
        var caller = new DeviceCaller(device.owner(), device.id());
        var id = device.id().text();
        journal.write(
                (tx, records) -> {
                    if (!active(tx, caller).spki().equals(device.spki())) {
                        throw new Refused(FailureKind.TAMPERED, "The device's key was changed.");
                    }
                    if (!Objects.equals(tx.factors().proof(device.id()), before.proof)) {
                        return false;
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
                                    "proof", proved.kind.text(),
                                    "root", proved.root()));
                    return true;
                });
    }
}
