package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.journal.JournalledCreation;
import dev.custodian.server.journal.JournalledUse;
import dev.custodian.server.store.InnerKey;
import java.security.GeneralSecurityException;
import java.util.List;

/// Makes keys and signs with them. A use and a creation can be handed in only after the journal has
/// committed them: their types have no other maker, so the compiler holds the order (DESIGN §4).
public interface Vault extends AutoCloseable {
    /// Signs every digest of a journalled use, in its order. An error means that no signature left
    /// the vault.
    List<Bytes> sign(JournalledUse use) throws GeneralSecurityException;

    /// Makes a key pair, signs its PKCS#10 request, and wraps the private key. Refused where such a
    /// key cannot be made.
    MadeKey create(JournalledCreation creation) throws GeneralSecurityException, Refused;

    /// Takes in a key pair that was made elsewhere, as if it had been made here. Refused where that
    /// cannot be, and for a key that is not its certificate's.
    MadeKey take(JournalledCreation creation, ForeignKey key)
            throws GeneralSecurityException, Refused;

    /// The same private key in the newest way that this vault wraps keys, or the very same object
    /// where that is its way already. `key` stays good: the vault deletes nothing. After an error
    /// too, all is as it was.
    InnerKey renew(InnerKey key, Custody custody) throws GeneralSecurityException;

    /// The private key of `key`, which another vault wrapped and has opened, as this one keeps
    /// keys.
    ///
    /// @param pkcs8 stays the caller's
    InnerKey adopt(InnerKey key, Custody custody, Secret pkcs8) throws GeneralSecurityException;

    /// Why no further key of this custody can be made, taken in or adopted; empty when it can.
    String obstacle(Custody custody) throws GeneralSecurityException;

    /// Whether this vault would wrap a key just so today: not when [#renew] changes it.
    boolean isNewest(String vault, String keyId, String mechanism);

    /// How many uses it can sign at once.
    int parallel();

    /// Why nothing can be signed until somebody does something about it; empty when that is not so.
    default String trouble() {
        return "";
    }

    /// Wraps a secret of the server's own, such as a pepper.
    ///
    /// @param context what it is and which; unwrapping needs the same
    Bytes wrap(Bytes context, Secret secret);

    /// Opens what [#wrap] made; errors alike for another context and for damage.
    Secret unwrap(Bytes context, Bytes wrapped) throws GeneralSecurityException;

    /// What [#wrap] made, wrapped anew, or the very same object when its root is the newest.
    Bytes rewrap(Bytes context, Bytes wrapped) throws GeneralSecurityException;

    /// HMAC-SHA256 under a key that only this vault can derive, one for each label.
    Bytes mac(String label, Bytes data);

    /// Whether [#mac] made `mac` of `data`, now or under a former root.
    boolean isMac(String label, Bytes data, Bytes mac);

    /// Wipes what the vault holds; it does nothing more.
    @Override
    void close();
}
