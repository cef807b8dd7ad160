package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
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
/// each use.
public final class EmbeddedVault implements Vault {
    private static final String ID = "embedded";
    private static final String KEY_ID = "master";
    private static final String MECHANISM = "AES-256-GCM";

    private final ServerSecrets secrets;
    private final PrivateKeys keys;

    /// Takes `master` over and wipes it when closed.
    public EmbeddedVault(Secret master, SecureRandom random) {
        this.secrets = new ServerSecrets(master, random);
        this.keys = new PrivateKeys(random);
    }

    @Override
    public List<Bytes> sign(JournalledUse use) throws GeneralSecurityException {
        var key = use.key();
        if (!use.scheme().fits(key.algorithm())) {
            throw new GeneralSecurityException("the key and the scheme do not go together");
        }
        try (var pkcs8 = open(key)) {
            var privateKey = PrivateKeys.parse(key.algorithm(), pkcs8);
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
            var context = ServerSecrets.keyContext(creation.credential(), spki);
            var inner = secrets.wrap(context, pkcs8);
            return new MadeKey(
                    new InnerKey(
                            creation.credential(),
                            creation.algorithm(),
                            spki,
                            ID,
                            KEY_ID,
                            MECHANISM,
                            inner),
                    origin,
                    request);
        }
    }

    @Override
    public InnerKey renew(InnerKey key) {
        return key;
    }

    @Override
    public int parallel() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public Bytes wrap(Bytes context, Secret secret) {
        return secrets.wrap(context, secret);
    }

    @Override
    public Secret unwrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        return secrets.unwrap(context, wrapped);
    }

    @Override
    public Bytes mac(String label, Bytes data) {
        return secrets.mac(label, data);
    }

    @Override
    public void close() {
        secrets.close();
    }

    Secret open(InnerKey key) throws GeneralSecurityException {
        if (!key.vault().equals(ID)
                || !key.keyId().equals(KEY_ID)
                || !key.mechanism().equals(MECHANISM)) {
            throw new GeneralSecurityException("the key belongs to another vault");
        }
        return secrets.unwrap(ServerSecrets.keyContext(key.credential(), key.spki()), key.inner());
    }
}
