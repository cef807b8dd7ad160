package dev.custodian.server.credential;

import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.server.activation.OwnerSeal;
import dev.custodian.server.activation.Peppers;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.Store;
import dev.custodian.server.vault.Vault;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what rests in the database into the vault's newest way, as far as nobody's PIN is needed.
/// Each row by itself, and only if it still is as it was read: what is interrupted is taken up
/// again by the next run.
public final class KeyMove {
    private static final Logger LOG = LoggerFactory.getLogger(KeyMove.class);

    /// What was brought forward.
    ///
    /// @param secrets peppers, and MACs of owners' public keys
    /// @param keys managed keys
    public record Moved(int secrets, int keys) {}

    /// A credential whose key is not in the newest way: an owner-sealed one is renewed at its next
    /// approval.
    public record Left(
            Id credential,
            Id owner,
            Custody custody,
            String vault,
            String keyId,
            Instant created) {}

    private final Store store;
    private final Vault vault;

    public KeyMove(Store store, Vault vault) {
        this.store = store;
        this.vault = vault;
    }

    /// Moves peppers, MACs and managed keys.
    ///
    /// @throws Refused for a row that was tampered with; what is before it has been moved
    public Moved run() throws Refused {
        int secrets = movePeppers() + moveOwners();
        int keys = 0;
        for (var row : former()) {
            if (row.custody() == Custody.MANAGED && move(row)) {
                keys++;
            }
        }
        return new Moved(secrets, keys);
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

    private boolean move(CredentialRow row) throws Refused {
        try {
            var newest = vault.renew(row.innerKey(row.key()));
            try (var tx = store.begin()) {
                boolean moved = tx.replaceKey(row, newest, newest.inner());
                tx.commit();
                return moved;
            }
        } catch (GeneralSecurityException e) {
            LOG.warn("the key of {} keeps its form: {}", row.id(), e.toString());
            return false;
        }
    }

    /// The credentials whose keys are not in the newest way.
    public List<Left> left() throws Refused {
        return former().stream()
                .map(
                        row ->
                                new Left(
                                        row.id(),
                                        row.owner(),
                                        row.custody(),
                                        row.vault(),
                                        row.keyId(),
                                        row.created()))
                .toList();
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
