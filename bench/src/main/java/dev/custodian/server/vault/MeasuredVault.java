package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.journal.JournalledCreation;
import dev.custodian.server.journal.JournalledUse;
import dev.custodian.server.store.InnerKey;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A vault, told how much of its work to do.
public final class MeasuredVault implements Vault {
    /// How much of its work.
    public enum Work {
        /// What the product does: unwraps and parses the key for each use, and forgets it.
        UNSEALING,
        /// Unwraps and parses each key once and keeps it; the embedded vault alone.
        OPENED,
        /// Signs nothing: answers with octets that are no signature.
        NONE
    }

    private static final Bytes NO_SIGNATURE = Bytes.of(new byte[64]);

    private final Vault vault;
    private final PrivateKeys keys;
    private final Map<Id, PrivateKey> opened = new ConcurrentHashMap<>();
    private final Map<KeyAlgorithm, PrivateKey> loopKeys = new ConcurrentHashMap<>();
    private volatile Work work = Work.UNSEALING;

    /// Takes `vault` over and closes it when closed.
    public MeasuredVault(Vault vault, SecureRandom random) {
        this.vault = vault;
        this.keys = new PrivateKeys(random);
    }

    public void work(Work now) {
        work = now;
    }

    @Override
    public List<Bytes> sign(JournalledUse use) throws GeneralSecurityException {
        return switch (work) {
            case UNSEALING -> vault.sign(use);
            case OPENED -> signOpened(use);
            case NONE -> Collections.nCopies(use.digests().size(), NO_SIGNATURE);
        };
    }

    private List<Bytes> signOpened(JournalledUse use) throws GeneralSecurityException {
        var key = opened.get(use.key().credential());
        if (key == null) {
            if (!(vault instanceof EmbeddedVault embedded)) {
                throw new IllegalStateException("the key does not leave this vault");
            }
            try (var pkcs8 = embedded.open(use.key())) {
                key = keys.parse(use.key().algorithm(), pkcs8);
            }
            opened.put(use.key().credential(), key);
        }
        var signatures = new ArrayList<Bytes>(use.digests().size());
        for (var digest : use.digests()) {
            signatures.add(keys.sign(key, use.scheme(), digest));
        }
        return signatures;
    }

    /// Signs as the vault does, in a plain loop with an opened key and nothing around it; returns
    /// the nanoseconds that each signature took.
    public long[] loop(KeyAlgorithm algorithm, int count) throws GeneralSecurityException {
        var key = loopKeys.get(algorithm);
        if (key == null) {
            key = keys.generate(algorithm).getPrivate();
            loopKeys.put(algorithm, key);
        }
        var scheme = SignatureScheme.of(Scheme.plain(algorithm.family(), HashAlgorithm.SHA256));
        var digest = new byte[scheme.scheme().hash().length()];
        var took = new long[count];
        for (int i = 0; i < count; i++) {
            digest[i % digest.length]++;
            long began = System.nanoTime();
            keys.sign(key, scheme, Bytes.of(digest));
            took[i] = System.nanoTime() - began;
        }
        return took;
    }

    @Override
    public MadeKey create(JournalledCreation creation) throws GeneralSecurityException, Refused {
        return vault.create(creation);
    }

    @Override
    public MadeKey take(JournalledCreation creation, ForeignKey key)
            throws GeneralSecurityException, Refused {
        return vault.take(creation, key);
    }

    @Override
    public InnerKey renew(InnerKey key, Custody custody) throws GeneralSecurityException {
        return vault.renew(key, custody);
    }

    @Override
    public InnerKey adopt(InnerKey key, Custody custody, Secret pkcs8)
            throws GeneralSecurityException {
        return vault.adopt(key, custody, pkcs8);
    }

    @Override
    public String obstacle(Custody custody) throws GeneralSecurityException {
        return vault.obstacle(custody);
    }

    @Override
    public boolean isNewest(String vaultId, String keyId, String mechanism) {
        return vault.isNewest(vaultId, keyId, mechanism);
    }

    @Override
    public int parallel() {
        return vault.parallel();
    }

    @Override
    public Bytes wrap(Bytes context, Secret secret) {
        return vault.wrap(context, secret);
    }

    @Override
    public Secret unwrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        return vault.unwrap(context, wrapped);
    }

    @Override
    public Bytes rewrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        return vault.rewrap(context, wrapped);
    }

    @Override
    public Bytes mac(String label, Bytes data) {
        return vault.mac(label, data);
    }

    @Override
    public boolean isMac(String label, Bytes data, Bytes mac) {
        return vault.isMac(label, data, mac);
    }

    @Override
    public void close() {
        vault.close();
    }
}
