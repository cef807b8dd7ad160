package dev.custodian.server.credential;

import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.Hardware;
import dev.custodian.server.activation.OwnerSeal;
import dev.custodian.server.activation.Peppers;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.Store;
import dev.custodian.server.vault.Vault;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Brings what rests in the database into the vault's newest way, as far as nobody's PIN is needed.
/// Each row by itself, and only if it still is as it was read: what is interrupted is taken up
/// again by the next run.
public final class KeyMove {
    /// What was brought forward.
    ///
    /// @param secrets peppers, and MACs of owners' public keys
    /// @param keys managed keys
    /// @param left what was not
    public record Moved(int secrets, int keys, List<Left> left) {}

    /// A credential whose key is not in the newest way: an owner-sealed one is renewed at its next
    /// approval.
    ///
    /// @param obstacle why it cannot move; empty when nothing is known of that
    public record Left(
            Id credential,
            Id owner,
            Custody custody,
            String vault,
            String keyId,
            Instant created,
            String obstacle) {}

    private final Store store;
    private final Vault vault;
    private final Map<Id, String> failed = new HashMap<>();

    public KeyMove(Store store, Vault vault) {
        this.store = store;
        this.vault = vault;
    }

    /// Moves peppers, MACs and managed keys.
    ///
    /// @throws Refused for a row that was tampered with; what is before it has been moved
    public Moved run() throws Refused {
        int secrets = movePeppers() + moveOwners() + moveProofs();
        int keys = 0;
        for (var row : former()) {
            if (row.custody() == Custody.MANAGED && move(row)) {
                keys++;
            }
        }
        return new Moved(secrets, keys, left());
    }

    private int movePeppers() throws Refused {
        try (var tx = store.begin()) {
            int moved = new Peppers(vault).rewrap(tx);
            tx.commit();
            return moved;
        }
    }

    /// A public key that was not enrolled gets no new MAC.
    private int moveOwners() throws Refused {
        int moved = 0;
        try (var tx = store.begin()) {
            for (var owner : tx.owners()) {
                if (!OwnerSeal.isEnrolled(vault, owner)) {
                    throw new Refused(
                            FailureKind.TAMPERED,
                            "The public key of " + owner.id() + " was changed.");
                }
                var mac = OwnerSeal.publicKeyMac(vault, owner.id(), owner.publicKey());
                if (!mac.equals(owner.publicKeyMac())) {
                    tx.updateOwner(owner.withPublicKeyMac(mac));
                    moved++;
                }
            }
            tx.commit();
        }
        return moved;
    }

    /// A proof of hardware that was changed gets no new MAC.
    private int moveProofs() throws Refused {
        int moved = 0;
        try (var tx = store.begin()) {
            for (var owner : tx.owners()) {
                for (var device : tx.devices(owner.id())) {
                    var proof = tx.factors().proof(device.id());
                    var newest = proof == null ? null : Hardware.renewed(vault, device, proof);
                    if (newest != null) {
                        tx.factors().putProof(newest);
                        moved++;
                    }
                }
            }
            tx.commit();
        }
        return moved;
    }

    private boolean move(CredentialRow row) throws Refused {
        try {
            var newest = vault.renew(row.innerKey(row.key()), row.custody());
            try (var tx = store.begin()) {
                boolean moved = tx.replaceKey(row, newest, newest.inner());
                tx.commit();
                return moved;
            }
        } catch (GeneralSecurityException e) {
            failed.put(row.id(), String.valueOf(e.getMessage()));
            return false;
        }
    }

    /// The credentials whose keys are not in the newest way.
    public List<Left> left() throws Refused {
        var left = new ArrayList<Left>();
        for (var row : former()) {
            left.add(
                    new Left(
                            row.id(),
                            row.owner(),
                            row.custody(),
                            row.vault(),
                            row.keyId(),
                            row.created(),
                            obstacle(row)));
        }
        return left;
    }

    private String obstacle(CredentialRow row) {
        var said = failed.get(row.id());
        if (said != null) {
            return said;
        }
        try {
            return vault.obstacle(row.custody());
        } catch (GeneralSecurityException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private List<CredentialRow> former() throws Refused {
        var found = new ArrayList<CredentialRow>();
        try (var reader = store.read()) {
            for (var owner : reader.owners()) {
                for (var row : reader.credentials(owner.id())) {
                    if (!vault.isNewest(row.vault(), row.keyId(), row.mechanism())) {
                        found.add(row);
                    }
                }
            }
        }
        return found;
    }
}
