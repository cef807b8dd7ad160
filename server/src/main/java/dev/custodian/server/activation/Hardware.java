package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.server.store.DeviceRow;
import dev.custodian.server.store.ProofRow;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.Store;
import dev.custodian.server.trust.DeviceTrust;
import dev.custodian.server.vault.Vault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether a device's key is in hardware: it was proved, nobody has changed the row that says so,
/// and who vouched for the hardware is trusted still.
public final class Hardware {
    private static final String MAC = "custodian/device-proof/2";
    private static final String NOT_ASKED =
            "This server asks for no such proof: its operator has to say whose TPMs or cards are"
                    + " trusted.";
    private static final String NOT_PROVED =
            "This device's key is not proved to be in hardware: approve on a device whose key is,"
                    + " or enrol this one anew with a TPM or a card.";
    private static final String NO_MORE =
            "This device's key was proved to be in hardware, but who vouched for it is no longer"
                    + " trusted: ask the operator, or approve on another device.";

    private final Vault vault;
    private final Peppers peppers;
    private final DeviceTrust trust;

    public Hardware(Vault vault, DeviceTrust trust) {
        this.vault = vault;
        this.peppers = new Peppers(vault);
        this.trust = trust;
    }

    /// How strongly a device binds what it approves.
    ///
    /// @param why it is no more than that, and what to do; empty when it is the most
    record Bound(Level level, String why) {}

    DeviceTrust trust() {
        return trust;
    }

    /// Keyed hashes under the pepper of this number.
    Marks marks(Reader reader, long pepper) throws Refused {
        return Marks.under(peppers, reader, pepper);
    }

    /// @throws Refused `TAMPERED` when the proof's row is not as this server wrote it
    Bound bound(Store store, Standing standing) throws Refused {
        var device = standing.device();
        var proof = standing.proof();
        if (proof == null) {
            return new Bound(Level.BOUND, trust.wanted().isEmpty() ? NOT_ASKED : NOT_PROVED);
        }
        if (!isOurs(device, proof)) {
            throw new Refused(
                    FailureKind.TAMPERED, "The proof of a device's hardware was changed.");
        }
        try (var reader = store.read()) {
            return counts(reader, proof)
                    ? new Bound(Level.BOUND_HARDWARE, "")
                    : new Bound(Level.BOUND, NO_MORE);
        }
    }

    /// Whether this proof holds now: one that was changed does not.
    ///
    /// @param proof null when there is none
    boolean isProved(Reader reader, DeviceRow device, @Nullable ProofRow proof) throws Refused {
        return proof != null && isOurs(device, proof) && counts(reader, proof);
    }

    /// How well the keys of an owner's devices are kept, as far as that is known: as was proved,
    /// else as they say. A changed proof is none here.
    public Map<Id, DeviceVerdict> verdicts(Reader reader, Id owner) throws Refused {
        var verdicts = new HashMap<>(reader.factors().said(owner));
        for (var device : reader.devices(owner)) {
            var proof = reader.factors().proof(device.id());
            if (device.isActive() && isProved(reader, device, proof)) {
                verdicts.put(device.id(), DeviceVerdict.HARDWARE_PROVED);
            }
        }
        return Map.copyOf(verdicts);
    }

    /// Whether its root is trusted, and nothing that it stands on withdrawn, by the folder as it is
    /// now. What the folder said when the proof was given decides nothing.
    private boolean counts(Reader reader, ProofRow proof) throws Refused {
        var keys = trust.keys(proof.kind());
        var vouchers = parts(proof.vouchers());
        if (keys.roots().isEmpty() || vouchers.isEmpty()) {
            return false;
        }
        try (var marks = marks(reader, proof.pepper())) {
            return marks.isOneOf(keys.roots(), vouchers.getLast())
                    && !marks.meet(keys.withdrawn(), vouchers);
        }
    }

    private static List<Bytes> parts(Bytes joined) {
        var parts = new ArrayList<Bytes>();
        for (int at = 0; at + Marks.SIZE <= joined.size(); at += Marks.SIZE) {
            parts.add(joined.slice(at, at + Marks.SIZE));
        }
        return parts;
    }

    /// The proof with a MAC under the newest of the vault's keys; null when it has that already.
    ///
    /// @throws Refused `TAMPERED` when no key of the vault knows the row as it is
    public static @Nullable ProofRow renewed(Vault vault, DeviceRow device, ProofRow proof)
            throws Refused {
        if (!isOurs(vault, device, proof)) {
            throw new Refused(
                    FailureKind.TAMPERED,
                    "The proof of " + device.id() + "'s hardware was changed.");
        }
        var newest = sealed(vault, device, proof);
        return newest.mac().equals(proof.mac()) ? null : newest;
    }

    private boolean isOurs(DeviceRow device, ProofRow proof) {
        return isOurs(vault, device, proof);
    }

    private static boolean isOurs(Vault vault, DeviceRow device, ProofRow proof) {
        return device.id().equals(proof.device())
                && vault.isMac(MAC, covered(device, proof), proof.mac());
    }

    /// The row with a MAC that ties it to this device and its key.
    ProofRow sealed(DeviceRow device, ProofRow proof) {
        return sealed(vault, device, proof);
    }

    private static ProofRow sealed(Vault vault, DeviceRow device, ProofRow proof) {
        return proof.withMac(vault.mac(MAC, covered(device, proof)));
    }

    private static Bytes covered(DeviceRow device, ProofRow proof) {
        return Bytes.join(
                Bytes.utf8(device.id().text()),
                Bytes.utf8(device.owner().text()),
                device.spki(),
                Bytes.utf8(DeviceVerdict.HARDWARE_PROVED.name()),
                Bytes.utf8(proof.kind().text()),
                Bytes.u64(proof.pepper()),
                proof.mark(),
                proof.vouchers(),
                Bytes.u64(proof.proved().toEpochMilli()));
    }
}
