package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Origin;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.server.journal.JournalledCreation;
import dev.custodian.server.journal.JournalledUse;
import dev.custodian.server.store.InnerKey;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// The vault of a small installation: private keys wrapped under a master key, opened in memory for
/// each use. Former master keys open what they wrapped; nothing new is wrapped under them.
public final class EmbeddedVault implements Vault {
    static final String ID = "embedded";

    /// What versions before master keys had names called the only one.
    private static final String FIRST = "master";

    private static final String NAME = "custodian/master/1";
    private static final int NAME_SIZE = 8;
    private static final String MECHANISM = "AES-256-GCM";

    private final List<Root> roots;
    private final Root newest;
    private final PrivateKeys keys;

    /// A master key.
    ///
    /// @param keyId its name in rows, which says nothing of it
    private record Root(String keyId, ServerSecrets secrets) {}

    /// Takes `master` over and wipes it when closed.
    public EmbeddedVault(Secret master, SecureRandom random) {
        this(List.of(master), random);
    }

    /// Takes the keys over and wipes them when closed.
    ///
    /// @param masters the newest first; at least one
    public EmbeddedVault(List<Secret> masters, SecureRandom random) {
        this.roots = masters.stream().map(master -> root(master, random)).toList();
        this.newest = roots.getFirst();
        this.keys = new PrivateKeys(random);
    }

    private static Root root(Secret master, SecureRandom random) {
        var secrets = new ServerSecrets(master, random);
        return new Root(secrets.mac(NAME, Bytes.EMPTY).slice(0, NAME_SIZE).hex(), secrets);
    }

    @Override
    public List<Bytes> sign(JournalledUse use) throws GeneralSecurityException {
        var key = use.key();
        if (!use.scheme().fits(key.algorithm())) {
            throw new GeneralSecurityException("the key and the scheme do not go together");
        }
        try (var pkcs8 = open(key)) {
            var privateKey = keys.parse(key.algorithm(), pkcs8);
            var signatures = new ArrayList<Bytes>(use.digests().size());
            for (var digest : use.digests()) {
                signatures.add(keys.sign(privateKey, use.scheme(), digest));
            }
            return signatures;
        }
    }

    @Override
    public MadeKey create(JournalledCreation creation) throws GeneralSecurityException {
        var pair = keys.generate(creation.algorithm());
        var spki = Bytes.of(pair.getPublic().getEncoded());
        return made(creation, spki, pair.getPrivate(), Origin.EMBEDDED);
    }

    @Override
    public MadeKey take(JournalledCreation creation, ForeignKey key)
            throws GeneralSecurityException, Refused {
        return made(creation, key.spki(), key.open(keys), Origin.IMPORTED);
    }

    private MadeKey made(
            JournalledCreation creation, Bytes spki, PrivateKey privateKey, Origin origin)
            throws GeneralSecurityException {
        var request =
                CertificationRequests.make(
                        creation, spki, (how, digest) -> keys.sign(privateKey, how, digest));
        try (var pkcs8 = Secret.owning(privateKey.getEncoded())) {
            var key = wrapped(creation.credential(), creation.algorithm(), spki, pkcs8);
            return new MadeKey(key, origin, request);
        }
    }

    private InnerKey wrapped(Id credential, KeyAlgorithm algorithm, Bytes spki, Secret pkcs8) {
        var context = ServerSecrets.keyContext(credential, spki);
        var inner = newest.secrets.wrap(context, pkcs8);
        return new InnerKey(credential, algorithm, spki, ID, newest.keyId, MECHANISM, inner);
    }

    @Override
    public InnerKey renew(InnerKey key, Custody custody) throws GeneralSecurityException {
        if (isNewest(key.vault(), key.keyId(), key.mechanism())) {
            return key;
        }
        try (var pkcs8 = open(key)) {
            return adopt(key, custody, pkcs8);
        }
    }

    @Override
    public InnerKey adopt(InnerKey key, Custody custody, Secret pkcs8) {
        return wrapped(key.credential(), key.algorithm(), key.spki(), pkcs8);
    }

    @Override
    public String obstacle(Custody custody) {
        return "";
    }

    @Override
    public boolean isNewest(String vault, String keyId, String mechanism) {
        return vault.equals(ID)
                && mechanism.equals(MECHANISM)
                && (keyId.equals(newest.keyId) || keyId.equals(FIRST) && roots.size() == 1);
    }

    @Override
    public int parallel() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public Bytes wrap(Bytes context, Secret secret) {
        return newest.secrets.wrap(context, secret);
    }

    @Override
    public Secret unwrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        return unwrap(roots, context, wrapped);
    }

    private static Secret unwrap(List<Root> roots, Bytes context, Bytes wrapped)
            throws GeneralSecurityException {
        for (var root : roots.subList(0, roots.size() - 1)) {
            try {
                return root.secrets.unwrap(context, wrapped);
            } catch (GeneralSecurityException e) {
                // an older one may
            }
        }
        return roots.getLast().secrets.unwrap(context, wrapped);
    }

    @Override
    public Bytes rewrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        try (var _ = newest.secrets.unwrap(context, wrapped)) {
            return wrapped;
        } catch (GeneralSecurityException e) {
            try (var secret = unwrap(roots, context, wrapped)) {
                return wrap(context, secret);
            }
        }
    }

    @Override
    public Bytes mac(String label, Bytes data) {
        return newest.secrets.mac(label, data);
    }

    @Override
    public boolean isMac(String label, Bytes data, Bytes mac) {
        return roots.stream()
                .anyMatch(root -> root.secrets.mac(label, data).equalsConstantTime(mac));
    }

    @Override
    public void close() {
        roots.forEach(root -> root.secrets.close());
    }

    Secret open(InnerKey key) throws GeneralSecurityException {
        if (!key.vault().equals(ID) || !key.mechanism().equals(MECHANISM)) {
            throw new GeneralSecurityException("the key belongs to another vault");
        }
        var secrets = named(key.keyId()).secrets;
        return secrets.unwrap(ServerSecrets.keyContext(key.credential(), key.spki()), key.inner());
    }

    private Root named(String keyId) throws GeneralSecurityException {
        if (keyId.equals(FIRST)) {
            return roots.getLast();
        }
        for (var root : roots) {
            if (root.keyId.equals(keyId)) {
                return root;
            }
        }
        throw new GeneralSecurityException("the master key " + keyId + " is not there");
    }
}
