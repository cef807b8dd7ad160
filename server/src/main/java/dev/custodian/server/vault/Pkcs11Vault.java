package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Origin;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.config.HsmConfig;
import dev.custodian.server.config.KnownKey;
import dev.custodian.server.config.WrappingMechanism;
import dev.custodian.server.crypto.CryptoProvider;
import dev.custodian.server.journal.JournalledCreation;
import dev.custodian.server.journal.JournalledUse;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.TokenSession;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// A vault whose keys are made in a cryptographic device and never leave it in the clear. Either
/// they stay (`resident`), or they leave it wrapped, and come back for each use (`wrapped`).
public final class Pkcs11Vault implements Vault {
    /// What rows say whose keys this vault made.
    public static final String ID = "hsm";

    /// The mechanism of a key that lives in the token and nowhere else.
    public static final String RESIDENT = "resident";

    private static final int ID_SIZE = 16;
    private static final Bytes TRIED = Hashes.sha256(Bytes.utf8("custodian adopt"));

    private final Hsm hsm;
    private final HsmConfig config;
    private final ServerSecrets secrets;
    private final SecureRandom random;
    private final VerifyingKeys verifying = new VerifyingKeys();

    private Pkcs11Vault(Hsm hsm, HsmConfig config, ServerSecrets secrets, SecureRandom random) {
        this.hsm = hsm;
        this.config = config;
        this.secrets = secrets;
        this.random = random;
    }

    /// Connects to a token that was set up before.
    ///
    /// @param pin of the user; taken over, and wiped when closed
    public static Pkcs11Vault open(HsmConfig config, Secret pin, SecureRandom random)
            throws Refused {
        Hsm hsm;
        try {
            hsm = Hsm.load(config, pin, KnownKey.read(config.wrappingKey()));
        } catch (GeneralSecurityException e) {
            pin.close();
            throw new Refused(FailureKind.CONFIG_WRONG, "vault.module: " + e.getMessage() + ".");
        } catch (Refused e) {
            pin.close();
            throw e;
        }
        try {
            var root = hsm.with((session, _) -> TokenKeys.root(session));
            return new Pkcs11Vault(hsm, config, new ServerSecrets(root, random), random);
        } catch (GeneralSecurityException e) {
            var refused =
                    hsm.isPinRefused()
                            ? new Refused(
                                    FailureKind.KEY_FILE_UNUSABLE,
                                    "The token refuses the PIN in %s: %s."
                                            .formatted(config.pin(), e.getMessage()))
                            : ConfiguredToken.refused(config, e);
            hsm.close();
            throw refused;
        }
    }

    @Override
    public List<Bytes> sign(JournalledUse use) throws GeneralSecurityException {
        var key = use.key();
        if (!use.scheme().fits(key.algorithm())) {
            throw new GeneralSecurityException("the key and the scheme do not go together");
        }
        if (!key.vault().equals(ID)) {
            throw new GeneralSecurityException("the key belongs to another vault");
        }
        var publicKey = verifying.of(key.algorithm(), key.spki());
        var context = ServerSecrets.keyContext(key.credential(), key.spki());
        try (var inner = secrets.unwrap(context, key.inner())) {
            return hsm.with(
                    (session, keys) -> {
                        if (key.mechanism().equals(RESIDENT)) {
                            long handle = keys.resident(session, Bytes.of(inner.expose()));
                            return signAll(session, handle, use, publicKey);
                        }
                        long handle =
                                unwrap(
                                        session,
                                        keys,
                                        key.algorithm(),
                                        key.keyId(),
                                        wrapping(key.mechanism()),
                                        inner.expose());
                        var signatures = signAll(session, handle, use, publicKey);
                        session.destroy(handle);
                        return signatures;
                    });
        }
    }

    private static List<Bytes> signAll(
            TokenSession session, long handle, JournalledUse use, VerifyingKey publicKey)
            throws GeneralSecurityException {
        var key = new TokenSigning(session, handle, use.key().algorithm(), publicKey);
        var signatures = new ArrayList<Bytes>(use.digests().size());
        for (var digest : use.digests()) {
            signatures.add(key.sign(use.scheme(), digest));
        }
        return signatures;
    }

    /// What the row says; never another than was used.
    private static WrappingMechanism wrapping(String text) throws GeneralSecurityException {
        for (var mechanism : WrappingMechanism.values()) {
            if (mechanism.name().equals(text)) {
                return mechanism;
            }
        }
        throw new GeneralSecurityException("no mechanism that wraps keys");
    }

    @Override
    public MadeKey create(JournalledCreation creation) throws GeneralSecurityException, Refused {
        var algorithm = creation.algorithm();
        return make(
                creation,
                Origin.HSM,
                (session, lasting) -> TokenKeyPairs.generate(session, algorithm, lasting));
    }

    @Override
    public MadeKey take(JournalledCreation creation, ForeignKey key)
            throws GeneralSecurityException, Refused {
        var privateKey = key.open(new PrivateKeys(random));
        try {
            return make(
                    creation,
                    Origin.IMPORTED,
                    foreign(creation.algorithm(), privateKey, key.spki()));
        } catch (Pkcs11Failure e) {
            if (e.lost() || !e.function().equals("C_CreateObject")) {
                throw e;
            }
            throw new Refused(
                    FailureKind.USAGE,
                    "The HSM takes in no key that was made elsewhere: " + e.getMessage() + ".");
        }
    }

    private MadeKey make(JournalledCreation creation, Origin origin, Source source)
            throws GeneralSecurityException, Refused {
        requireRoom(creation.custody());
        var kept =
                keep(
                        creation.credential(),
                        creation.algorithm(),
                        creation.custody(),
                        source,
                        (signing, spki) ->
                                CertificationRequests.make(creation, spki, signing::sign));
        return new MadeKey(kept.key(), origin, kept.signed());
    }

    /// What an owner seals has to be a blob; refused where there can be none.
    private void requireRoom(Custody custody) throws GeneralSecurityException, Refused {
        var obstacle = obstacle(custody);
        if (obstacle.isEmpty()) {
            return;
        }
        throw switch (custody) {
            case OWNER_SEALED ->
                    new Refused(
                            FailureKind.USAGE,
                            "An owner-sealed key has to leave the HSM wrapped, and "
                                    + obstacle
                                    + ". Ask for --custody managed, or see: custodian-server hsm"
                                    + " check");
            case MANAGED ->
                    new Refused(
                            FailureKind.CONFIG_WRONG,
                            "vault.resident_keys: there are %d such keys, and no other can be made: %s."
                                    .formatted(residents(), obstacle));
        };
    }

    @Override
    public String obstacle(Custody custody) throws GeneralSecurityException {
        return staysInside(custody) ? "" : hsm.with((_, keys) -> keys.noWrapping());
    }

    private boolean staysInside(Custody custody) throws GeneralSecurityException {
        return custody == Custody.MANAGED && residents() < config.residentKeys();
    }

    private int residents() throws GeneralSecurityException {
        return hsm.with((_, keys) -> keys.residents());
    }

    @Override
    public InnerKey adopt(InnerKey key, Custody custody, Secret pkcs8)
            throws GeneralSecurityException {
        var algorithm = key.algorithm();
        var how = SignatureScheme.of(Scheme.plain(algorithm.family(), HashAlgorithm.SHA256));
        // Not used here, but taken apart.
        var privateKey = new PrivateKeys(random, CryptoProvider.jdk()).parse(algorithm, pkcs8);
        return keep(
                        key.credential(),
                        algorithm,
                        custody,
                        foreign(algorithm, privateKey, key.spki()),
                        (signing, _) -> signing.sign(how, TRIED))
                .key();
    }

    /// Brings a key pair into the token.
    private interface Source {
        /// @param lasting attributes of the private key that say what becomes of it
        TokenKeyPairs.Made into(TokenSession session, Template lasting)
                throws GeneralSecurityException;
    }

    private static Source foreign(KeyAlgorithm algorithm, PrivateKey key, Bytes spki) {
        return (session, lasting) -> TokenKeyPairs.take(session, algorithm, key, spki, lasting);
    }

    /// Has a key sign once, so that no credential has one that does not.
    private interface Trial {
        Bytes sign(TokenSigning signing, Bytes spki) throws GeneralSecurityException;
    }

    /// A key as it is kept from now on, and what its trial gave.
    private record Kept(InnerKey key, Bytes signed) {}

    private Kept keep(
            Id credential, KeyAlgorithm algorithm, Custody custody, Source source, Trial trial)
            throws GeneralSecurityException {
        boolean resident = staysInside(custody);
        return hsm.making(
                (session, keys) ->
                        resident
                                ? keepResident(session, keys, credential, algorithm, source, trial)
                                : keepWrapped(session, keys, credential, algorithm, source, trial));
    }

    private Kept keepResident(
            TokenSession session,
            TokenKeys keys,
            Id credential,
            KeyAlgorithm algorithm,
            Source source,
            Trial trial)
            throws GeneralSecurityException {
        var id = new byte[ID_SIZE];
        random.nextBytes(id);
        var lasting =
                Template.empty()
                        .with(Cryptoki.CKA_TOKEN, true)
                        .with(Cryptoki.CKA_EXTRACTABLE, false)
                        .with(Cryptoki.CKA_LABEL, credential.text())
                        .with(Cryptoki.CKA_ID, id);
        var made = source.into(session, lasting);
        try {
            var signed = signed(session, made.privateKey(), algorithm, made.spki(), trial);
            keys.addResident(Bytes.of(id), made.privateKey());
            return new Kept(inner(credential, algorithm, made.spki(), "", RESIDENT, id), signed);
        } catch (GeneralSecurityException | RuntimeException e) {
            session.destroy(made.privateKey());
            throw e;
        }
    }

    /// The key that came back is the one that is tried.
    private Kept keepWrapped(
            TokenSession session,
            TokenKeys keys,
            Id credential,
            KeyAlgorithm algorithm,
            Source source,
            Trial trial)
            throws GeneralSecurityException {
        var lasting =
                Template.empty()
                        .with(Cryptoki.CKA_TOKEN, false)
                        .with(Cryptoki.CKA_EXTRACTABLE, true)
                        .with(Cryptoki.CKA_WRAP_WITH_TRUSTED, true);
        var made = source.into(session, lasting);
        var wrappingId = keys.wrappingId();
        var mechanism = config.mechanism();
        var how = Mechanism.of(TokenKeys.ckm(mechanism));
        var blob = session.wrap(how, keys.wrapping(wrappingId), made.privateKey());
        session.destroy(made.privateKey());
        var back = unwrap(session, keys, algorithm, wrappingId, mechanism, blob);
        var signed = signed(session, back, algorithm, made.spki(), trial);
        session.destroy(back);
        return new Kept(
                inner(credential, algorithm, made.spki(), wrappingId, mechanism.name(), blob),
                signed);
    }

    private static long unwrap(
            TokenSession session,
            TokenKeys keys,
            KeyAlgorithm algorithm,
            String wrappingId,
            WrappingMechanism mechanism,
            byte[] blob)
            throws GeneralSecurityException {
        return session.unwrap(
                Mechanism.of(TokenKeys.ckm(mechanism)),
                keys.wrapping(wrappingId),
                blob,
                TokenKeyPairs.unwrapped(algorithm));
    }

    /// What the module was asked for; not all do it.
    private static void requireInside(TokenSession session, long key)
            throws GeneralSecurityException {
        if (session.flag(key, Cryptoki.CKA_EXTRACTABLE)
                || !session.flag(key, Cryptoki.CKA_SENSITIVE)) {
            throw new GeneralSecurityException("the module lets the key out");
        }
    }

    private static Bytes signed(
            TokenSession session, long key, KeyAlgorithm algorithm, Bytes spki, Trial trial)
            throws GeneralSecurityException {
        requireInside(session, key);
        var publicKey = VerifyingKey.of(PublicKeys.parse(algorithm, spki));
        return trial.sign(new TokenSigning(session, key, algorithm, publicKey), spki);
    }

    /// Ids and blobs are tied to their credential and public key as the embedded vault's are.
    private InnerKey inner(
            Id credential,
            KeyAlgorithm algorithm,
            Bytes spki,
            String keyId,
            String mechanism,
            byte[] inner) {
        var context = ServerSecrets.keyContext(credential, spki);
        try (var octets = Secret.owning(inner)) {
            var wrapped = secrets.wrap(context, octets);
            return new InnerKey(credential, algorithm, spki, ID, keyId, mechanism, wrapped);
        }
    }

    /// A key that came back from its blob leaves the token under no other wrapping key: that is
    /// what the template of the first one forbids, to a thief and to us. A former key stays good
    /// instead.
    @Override
    public InnerKey renew(InnerKey key, Custody custody) {
        return key;
    }

    @Override
    public boolean isNewest(String vault, String keyId, String mechanism) {
        return vault.equals(ID);
    }

    @Override
    public int parallel() {
        return config.sessions();
    }

    @Override
    public String trouble() {
        return hsm.trouble();
    }

    @Override
    public Bytes wrap(Bytes context, Secret secret) {
        return secrets.wrap(context, secret);
    }

    @Override
    public Secret unwrap(Bytes context, Bytes wrapped) throws GeneralSecurityException {
        return secrets.unwrap(context, wrapped);
    }

    /// Its root key is made once, by `hsm init`.
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
        hsm.close();
        secrets.close();
    }
}
