package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.hpke.Aead;
import dev.custodian.core.hpke.Hkdf;
import dev.custodian.server.journal.JournalledCreation;
import dev.custodian.server.journal.JournalledUse;
import dev.custodian.server.store.InnerKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/// The vault of a small installation: private keys wrapped under a master key, opened in memory for
/// each use.
public final class EmbeddedVault implements Vault, AutoCloseable {
    private static final String ID = "embedded";
    private static final String KEY_ID = "master";
    private static final String MECHANISM = "AES-256-GCM";

    private final Secret master;
    private final SecureRandom random;
    private final PrivateKeys keys;

    /// Takes `master` over and wipes it when closed.
    public EmbeddedVault(Secret master, SecureRandom random) {
        this.master = master;
        this.random = random;
        this.keys = new PrivateKeys(random);
    }

    @Override
    public List<Bytes> sign(JournalledUse use) throws GeneralSecurityException {
        var key = use.key();
        if (!key.credential().equals(use.credential()) || !use.scheme().fits(key.algorithm())) {
            throw new GeneralSecurityException(
                    "the key, the credential and the scheme do not go together");
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
        var request = request(pair, creation);
        try (var pkcs8 = Secret.owning(pair.getPrivate().getEncoded())) {
            var inner = Aead.seal(master, aad(creation.credential(), spki), pkcs8.expose(), random);
            return new MadeKey(
                    new InnerKey(
                            creation.credential(),
                            creation.algorithm(),
                            spki,
                            ID,
                            KEY_ID,
                            MECHANISM,
                            inner),
                    request);
        }
    }

    @Override
    public Bytes wrap(Bytes context, Secret secret) {
        return Aead.seal(master, context, secret.expose(), random);
    }

    @Override
    public Secret unwrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        return Aead.open(master, context, wrapped);
    }

    @Override
    public Bytes mac(String label, Bytes data) {
        try (var key = Hkdf.derive(master, Bytes.utf8(label))) {
            return Bytes.of(Hkdf.hmac(key.expose(), data.toArray()));
        }
    }

    @Override
    public void close() {
        master.close();
    }

    Secret open(InnerKey key) throws GeneralSecurityException {
        if (!key.vault().equals(ID)
                || !key.keyId().equals(KEY_ID)
                || !key.mechanism().equals(MECHANISM)) {
            throw new GeneralSecurityException("the key belongs to another vault");
        }
        return Aead.open(master, aad(key.credential(), key.spki()), key.inner());
    }

    private static Bytes aad(Id credential, Bytes spki) {
        return Bytes.join(Bytes.utf8(credential.text()), Hashes.sha256(spki));
    }

    /// The PKCS#10 request (RFC 2986) for the new key, self-signed with the family's plain scheme
    /// over SHA-256.
    private Bytes request(KeyPair pair, JournalledCreation creation)
            throws GeneralSecurityException {
        var scheme = Scheme.plain(creation.algorithm().family(), HashAlgorithm.SHA256);
        var info =
                new CertificationRequestInfo(
                        X500Name.getInstance(new X500Principal(creation.subject()).getEncoded()),
                        SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()),
                        null);
        try {
            var toSign = Hashes.sha256(info.getEncoded("DER"));
            var signature = keys.sign(pair.getPrivate(), SignatureScheme.of(scheme), toSign);
            var vector = new ASN1EncodableVector();
            vector.add(info);
            vector.add(algorithm(scheme));
            vector.add(new DERBitString(signature.toArray()));
            return Bytes.of(
                    CertificationRequest.getInstance(new DERSequence(vector)).getEncoded("DER"));
        } catch (IOException e) {
            throw new GeneralSecurityException("the request cannot be encoded", e);
        }
    }

    private static AlgorithmIdentifier algorithm(Scheme scheme) {
        return new DefaultSignatureAlgorithmIdentifierFinder().find(scheme.jca());
    }
}
