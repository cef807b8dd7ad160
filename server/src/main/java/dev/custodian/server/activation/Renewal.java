package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Refused;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.store.Tx;
import dev.custodian.server.vault.Vault;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings an owner-sealed key into the vault's newest way when its owner has it open: nobody else
/// can. A managed one is renewed by whoever runs the server.
final class Renewal {
    private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);

    private final Vault vault;
    private final SecureRandom random;

    Renewal(Vault vault, SecureRandom random) {
        this.vault = vault;
        this.random = random;
    }

    /// A credential's key, free of its owner's seal.
    ///
    /// @param outer what is to rest in the row from now on; null when the row stays as it is
    record Freed(CredentialRow read, InnerKey key, @Nullable Bytes outer) {
        /// Writes the row within the transaction that approves. When another activation was faster
        /// its form stays: every form is good.
        void write(Tx tx) throws Refused {
            if (outer != null) {
                var _ = tx.replaceKey(read, key, outer);
            }
        }
    }

    /// Frees a credential's key, and renews it. A vault that cannot renew it now is asked again
    /// next time: no approval fails for that.
    Freed free(Standing standing, OwnerKey owner) throws Refused {
        var row = standing.credential();
        InnerKey key;
        try (var inner = standing.inner(owner)) {
            key = row.innerKey(Bytes.of(inner.expose()));
        }
        if (row.custody() == Custody.OWNER_SEALED) {
            try {
                var newest = vault.renew(key, row.custody());
                if (!newest.equals(key)) {
                    return new Freed(row, newest, OwnerSeal.reseal(owner, row, newest, random));
                }
            } catch (GeneralSecurityException | RuntimeException e) {
                LOG.warn("the key of {} keeps its form: {}", row.id(), e.toString());
            }
        }
        return new Freed(row, key, null);
    }
}
