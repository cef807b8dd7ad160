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

/// A vault that has taken the embedded one's place: everything new is the newest's, and the former
/// one opens what it made until that has moved.
public final class Succession implements Vault {
    private final Vault newest;
    private final EmbeddedVault former;

    /// Takes both over.
    ///
    /// @param newest not an embedded one
    public Succession(Vault newest, EmbeddedVault former) {
        this.newest = newest;
        this.former = former;
    }

    private static boolean isFormer(InnerKey key) {
        return key.vault().equals(EmbeddedVault.ID);
    }

    @Override
    public List<Bytes> sign(JournalledUse use) throws GeneralSecurityException {
        return isFormer(use.key()) ? former.sign(use) : newest.sign(use);
    }

    @Override
    public MadeKey create(JournalledCreation creation) throws GeneralSecurityException, Refused {
        return newest.create(creation);
    }

    @Override
    public MadeKey take(JournalledCreation creation, ForeignKey key)
            throws GeneralSecurityException, Refused {
        return newest.take(creation, key);
    }

    @Override
    public InnerKey renew(InnerKey key, Custody custody) throws GeneralSecurityException {
        if (!isFormer(key)) {
            return newest.renew(key, custody);
        }
        var obstacle = obstacle(custody);
        if (!obstacle.isEmpty()) {
            throw new GeneralSecurityException(obstacle);
        }
        try (var pkcs8 = former.open(key)) {
            return newest.adopt(key, custody, pkcs8);
        }
    }

    @Override
    public InnerKey adopt(InnerKey key, Custody custody, Secret pkcs8)
            throws GeneralSecurityException {
        return newest.adopt(key, custody, pkcs8);
    }

    @Override
    public String obstacle(Custody custody) throws GeneralSecurityException {
        return newest.obstacle(custody);
    }

    @Override
    public boolean isNewest(String vault, String keyId, String mechanism) {
        return newest.isNewest(vault, keyId, mechanism);
    }

    @Override
    public int parallel() {
        return newest.parallel();
    }

    @Override
    public String trouble() {
        return newest.trouble();
    }

    @Override
    public Bytes wrap(Bytes context, Secret secret) {
        return newest.wrap(context, secret);
    }

    @Override
    public Secret unwrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        try {
            return newest.unwrap(context, wrapped);
        } catch (GeneralSecurityException e) {
            return former.unwrap(context, wrapped);
        }
    }

    @Override
    public Bytes rewrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        try (var _ = newest.unwrap(context, wrapped)) {
            return newest.rewrap(context, wrapped);
        } catch (GeneralSecurityException e) {
            try (var secret = former.unwrap(context, wrapped)) {
                return newest.wrap(context, secret);
            }
        }
    }

    @Override
    public Bytes mac(String label, Bytes data) {
        return newest.mac(label, data);
    }

    @Override
    public boolean isMac(String label, Bytes data, Bytes mac) {
        return newest.isMac(label, data, mac) || former.isMac(label, data, mac);
    }

    @Override
    public void close() {
        newest.close();
        former.close();
    }
}
