package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Origin;
import dev.custodian.core.Secret;
import dev.custodian.server.journal.JournalledCreation;
import dev.custodian.server.journal.JournalledUse;
import dev.custodian.server.store.InnerKey;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Plays an HSM's part: keys in memory, by numbers that rows hold. The real one is tried in `it`.
public final class StandInHsm implements Vault {
    private final SecureRandom random = new SecureRandom();
    private final PrivateKeys signing = new PrivateKeys(random);
    private final ServerSecrets secrets;
    private final Map<Bytes, PrivateKey> inside = new ConcurrentHashMap<>();
    private final String noWrapping;
    private final AtomicInteger room = new AtomicInteger(Integer.MAX_VALUE);

    /// @param noWrapping why it wraps no keys; empty when it does
    public StandInHsm(String noWrapping) {
        this.noWrapping = noWrapping;
        var root = new byte[32];
        random.nextBytes(root);
        this.secrets = new ServerSecrets(Secret.owning(root), random);
    }

    /// Takes in so many keys more, and fails then.
    public void room(int keys) {
        room.set(keys);
    }

    public int keys() {
        return inside.size();
    }

    @Override
    public List<Bytes> sign(JournalledUse use) throws GeneralSecurityException {
        var key = use.key();
        var context = ServerSecrets.keyContext(key.credential(), key.spki());
        try (var number = secrets.unwrap(context, key.inner())) {
            var found = inside.get(Bytes.of(number.expose()));
            if (!key.vault().equals("hsm") || found == null) {
                throw new GeneralSecurityException("no such key");
            }
            var signatures = new ArrayList<Bytes>();
            for (var digest : use.digests()) {
                signatures.add(signing.sign(found, use.scheme(), digest));
            }
            return signatures;
        }
    }

    @Override
    public MadeKey create(JournalledCreation creation) throws GeneralSecurityException {
        var pair = signing.generate(creation.algorithm());
        var spki = Bytes.of(pair.getPublic().getEncoded());
        var request =
                CertificationRequests.make(
                        creation,
                        spki,
                        (how, digest) -> signing.sign(pair.getPrivate(), how, digest));
        var key =
                keep(
                        creation.credential(),
                        creation.algorithm(),
                        spki,
                        creation.custody(),
                        pair.getPrivate());
        return new MadeKey(key, Origin.HSM, request);
    }

    @Override
    public MadeKey take(JournalledCreation creation, ForeignKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public InnerKey adopt(InnerKey key, Custody custody, Secret pkcs8)
            throws GeneralSecurityException {
        if (room.getAndDecrement() <= 0) {
            throw new GeneralSecurityException("the token is full");
        }
        var privateKey = signing.parse(key.algorithm(), pkcs8);
        return keep(key.credential(), key.algorithm(), key.spki(), custody, privateKey);
    }

    private InnerKey keep(
            Id credential, KeyAlgorithm algorithm, Bytes spki, Custody custody, PrivateKey key)
            throws GeneralSecurityException {
        if (!obstacle(custody).isEmpty()) {
            throw new GeneralSecurityException("it was not asked");
        }
        var number = new byte[16];
        random.nextBytes(number);
        inside.put(Bytes.of(number), Objects.requireNonNull(key));
        try (var octets = Secret.owning(number)) {
            var inner = secrets.wrap(ServerSecrets.keyContext(credential, spki), octets);
            var how = custody == Custody.MANAGED ? "resident" : "wrapped";
            return new InnerKey(credential, algorithm, spki, "hsm", "", how, inner);
        }
    }

    @Override
    public String obstacle(Custody custody) {
        return custody == Custody.MANAGED ? "" : noWrapping;
    }

    @Override
    public InnerKey renew(InnerKey key, Custody custody) {
        return key;
    }

    @Override
    public boolean isNewest(String vault, String keyId, String mechanism) {
        return vault.equals("hsm");
    }

    @Override
    public int parallel() {
        return 2;
    }

    @Override
    public Bytes wrap(Bytes context, Secret secret) {
        return secrets.wrap(context, secret);
    }

    @Override
    public Secret unwrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        return secrets.unwrap(context, wrapped);
    }

    /// As the real one, it does not look.
    @Override
    public Bytes rewrap(Bytes context, Bytes wrapped) {
        return wrapped;
    }

    @Override
    public Bytes mac(String label, Bytes data) {
        return secrets.mac(label, data);
    }

    @Override
    public boolean isMac(String label, Bytes data, Bytes mac) {
        return mac(label, data).equalsConstantTime(mac);
    }

    @Override
    public void close() {
        secrets.close();
    }
}
