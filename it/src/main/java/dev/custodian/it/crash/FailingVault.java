package dev.custodian.it.crash;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.journal.JournalledCreation;
import dev.custodian.server.journal.JournalledUse;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.vault.ForeignKey;
import dev.custodian.server.vault.MadeKey;
import dev.custodian.server.vault.Vault;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// A vault that writes down every signature that it makes, before anybody else knows of it, and
/// fails now and then.
final class FailingVault implements Vault {
    private final Vault real;
    private final Failpoints points;
    private final LineLog made;
    private final int failPercent;

    /// @param made gets `use digest signature` for each signature
    FailingVault(Vault real, Failpoints points, LineLog made, int failPercent) {
        this.real = real;
        this.points = points;
        this.made = made;
        this.failPercent = failPercent;
    }

    @Override
    public List<Bytes> sign(JournalledUse use) throws GeneralSecurityException {
        if (ThreadLocalRandom.current().nextInt(100) < failPercent) {
            throw new GeneralSecurityException("a fault that was asked for");
        }
        var signatures = real.sign(use);
        for (int i = 0; i < signatures.size(); i++) {
            made.add(
                    use.index() + " " + use.digests().get(i).hex() + " " + signatures.get(i).hex());
        }
        points.pass(Point.IN_SIGN);
        return signatures;
    }

    @Override
    public MadeKey create(JournalledCreation creation) throws GeneralSecurityException, Refused {
        return real.create(creation);
    }

    @Override
    public MadeKey take(JournalledCreation creation, ForeignKey key)
            throws GeneralSecurityException, Refused {
        return real.take(creation, key);
    }

    @Override
    public InnerKey renew(InnerKey key, Custody custody) throws GeneralSecurityException {
        return real.renew(key, custody);
    }

    @Override
    public InnerKey adopt(InnerKey key, Custody custody, Secret pkcs8)
            throws GeneralSecurityException {
        return real.adopt(key, custody, pkcs8);
    }

    @Override
    public String obstacle(Custody custody) throws GeneralSecurityException {
        return real.obstacle(custody);
    }

    @Override
    public boolean isNewest(String vault, String keyId, String mechanism) {
        return real.isNewest(vault, keyId, mechanism);
    }

    @Override
    public int parallel() {
        return real.parallel();
    }

    @Override
    public Bytes wrap(Bytes context, Secret secret) {
        return real.wrap(context, secret);
    }

    @Override
    public Secret unwrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        return real.unwrap(context, wrapped);
    }

    @Override
    public Bytes rewrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        return real.rewrap(context, wrapped);
    }

    @Override
    public Bytes mac(String label, Bytes data) {
        return real.mac(label, data);
    }

    @Override
    public boolean isMac(String label, Bytes data, Bytes mac) {
        return real.isMac(label, data, mac);
    }

    @Override
    public void close() {
        real.close();
    }
}
