package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.store.PepperRow;
import dev.custodian.server.store.Reader;
import dev.custodian.server.store.Tx;
import dev.custodian.server.vault.Vault;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;

/// The keys that PINs are hashed under (FORMATS §4): random, wrapped by the vault, kept while a
/// seal names them.
public final class Peppers {
    private static final int SIZE = 32;

    private final Vault vault;

    public Peppers(Vault vault) {
        this.vault = vault;
    }

    /// Makes the first pepper, unless there is one.
    public void make(Tx tx, SecureRandom random, Instant now) throws Refused {
        if (tx.newestPepper() != null) {
            return;
        }
        try (var pepper = Secret.owning(new byte[SIZE])) {
            random.nextBytes(pepper.expose());
            tx.insertPepper(new PepperRow(1, vault.wrap(context(1), pepper), now));
        }
    }

    /// Requires that the vault opens the newest, if there is one: what another vault made it does
    /// not open.
    public void requireOurs(Reader reader) throws Refused {
        var row = reader.newestPepper();
        if (row == null) {
            return;
        }
        try {
            vault.unwrap(context(row.number()), row.wrapped()).close();
        } catch (GeneralSecurityException e) {
            throw new Refused(
                    FailureKind.CONFIG_WRONG,
                    "vault: the database was made with another vault, or another master key. If its"
                            + " keys are to move from the embedded vault to an HSM, the configuration"
                            + " says former = \"embedded\" and keys.master.");
        }
    }

    /// Wraps every pepper anew whose wrapping is not the vault's newest; returns how many.
    public int rewrap(Tx tx) throws Refused {
        int moved = 0;
        for (long number = newest(tx); number > 0; number--) {
            var row = tx.pepper(number);
            if (row == null) {
                continue;
            }
            try {
                var wrapped = vault.rewrap(context(number), row.wrapped());
                if (!wrapped.equals(row.wrapped())) {
                    tx.updatePepper(new PepperRow(number, wrapped, row.created()));
                    moved++;
                }
            } catch (GeneralSecurityException e) {
                throw new Refused(FailureKind.TAMPERED, "No pepper opens: the vault is another.");
            }
        }
        return moved;
    }

    /// The number of the pepper that new seals name.
    static long newest(Reader reader) throws Refused {
        var row = reader.newestPepper();
        if (row == null) {
            throw new Refused(
                    FailureKind.STORAGE_FAILED, "The database holds no pepper: it was not set up.");
        }
        return row.number();
    }

    Secret open(Reader reader, long number) throws Refused {
        var row = reader.pepper(number);
        if (row == null) {
            throw new Refused(FailureKind.TAMPERED);
        }
        try {
            return vault.unwrap(context(number), row.wrapped());
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.TAMPERED);
        }
    }

    private static Bytes context(long number) {
        return Bytes.join(Bytes.utf8("custodian/pepper/1"), Bytes.u64(number));
    }
}
