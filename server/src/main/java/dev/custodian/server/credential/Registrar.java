package dev.custodian.server.credential;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.activation.OwnerSeal;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.NewChange;
import dev.custodian.server.journal.NewCreation;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.OwnerRow;
import dev.custodian.server.store.Store;
import dev.custodian.server.vault.ForeignKey;
import dev.custodian.server.vault.MadeKey;
import dev.custodian.server.vault.Vault;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Makes credentials for owners without being able to use them (DESIGN §5.4).
public final class Registrar {
    private static final String BY = "operator";

    /// What is to be made.
    ///
    /// @param subject of the certificate request, RFC 4514
    public record Order(
            Id owner,
            Purpose purpose,
            Custody custody,
            KeyAlgorithm algorithm,
            Policy policy,
            String subject) {}

    /// What was made.
    ///
    /// @param request PKCS#10, DER
    public record Made(Id credential, Bytes request) {}

    private final Store store;
    private final Journal journal;
    private final Vault vault;
    private final Clock clock;
    private final SecureRandom random;

    public Registrar(Store store, Journal journal, Vault vault, Clock clock, SecureRandom random) {
        this.store = store;
        this.journal = journal;
        this.vault = vault;
        this.clock = clock;
        this.random = random;
    }

    /// Journals the creation, makes the key, signs its request and only then seals it to the owner.
    public Made create(Order order) throws Refused {
        checkSubject(order.subject);
        return make(order, null);
    }

    /// The same with a key that was made elsewhere, which brings its certificates.
    ///
    /// @param order of the key's own kind
    public Made take(Order order, ForeignKey key) throws Refused {
        checkChain(key.chain());
        try (var reader = store.read()) {
            if (reader.credentialOf(key.spki()) != null) {
                throw new Refused(FailureKind.USAGE, "There is a credential with this key.");
            }
        }
        var made = make(order, key);
        var _ = certify(key.chain());
        return made;
    }

    private Made make(Order order, @Nullable ForeignKey foreign) throws Refused {
        var owner = owner(order.owner);
        var id = Id.of(Id.Kind.CREDENTIAL, random16());
        var creation =
                journal.create(
                        new NewCreation(
                                id, owner.id(), order.custody, order.algorithm, order.subject, BY));
        MadeKey made;
        try {
            made = foreign == null ? vault.create(creation) : vault.take(creation, foreign);
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.VAULT_FAILED, "No key was made.");
        }
        var policy = order.policy.encode();
        var row = row(order, id, owner, made, policy);
        var details =
                Map.of(
                        "owner", order.owner.text(),
                        "purpose", order.purpose.text(),
                        "custody", order.custody.text(),
                        "origin", made.origin().text(),
                        "key", Hashes.sha256(row.spki()).base64Url(),
                        "policy", Hashes.sha256(policy).base64Url());
        journal.write(
                (tx, changes) -> {
                    tx.insertCredential(row);
                    return changes.append(
                            new NewChange(id, "created", id.text(), BY, null, details));
                });
        return new Made(id, made.request());
    }

    /// Gives the credential with this certificate's key its chain, end entity first.
    public Id certify(List<X509Certificate> chain) throws Refused {
        checkChain(chain);
        var encoded = new ArrayList<Bytes>();
        try {
            for (var certificate : chain) {
                encoded.add(Bytes.of(certificate.getEncoded()));
            }
        } catch (CertificateEncodingException e) {
            throw new Refused(FailureKind.USAGE, "A certificate cannot be encoded.");
        }
        var leaf = chain.getFirst();
        var spki = Bytes.of(leaf.getPublicKey().getEncoded());
        return journal.write(
                (tx, changes) -> {
                    var row = tx.credentialOf(spki);
                    if (row == null) {
                        throw new Refused(
                                FailureKind.CREDENTIAL_UNKNOWN,
                                "No credential has this certificate's key.");
                    }
                    tx.updateCredential(row.withCertificates(encoded));
                    changes.append(
                            new NewChange(
                                    row.id(),
                                    "certified",
                                    row.id().text(),
                                    BY,
                                    null,
                                    Map.of(
                                            "certificate",
                                            Hashes.sha256(encoded.getFirst()).base64Url())));
                    return row.id();
                });
    }

    private CredentialRow row(Order order, Id id, OwnerRow owner, MadeKey made, Bytes policy)
            throws Refused {
        var key = made.key();
        var rested =
                switch (order.custody) {
                    case OWNER_SEALED ->
                            OwnerSeal.seal(
                                    vault,
                                    owner,
                                    id,
                                    key.spki(),
                                    order.purpose,
                                    policy,
                                    key.inner(),
                                    random);
                    case MANAGED -> key.inner();
                };
        return new CredentialRow(
                id,
                owner.id(),
                order.purpose,
                order.custody,
                order.algorithm,
                key.spki(),
                policy,
                1,
                made.origin(),
                key.vault(),
                key.keyId(),
                key.mechanism(),
                rested,
                List.of(),
                clock.instant());
    }

    private OwnerRow owner(Id id) throws Refused {
        try (var reader = store.read()) {
            var owner = reader.owner(id);
            if (owner == null) {
                throw new Refused(FailureKind.OWNER_UNKNOWN);
            }
            return owner;
        }
    }

    /// That each certificate is issued by the next; whom to trust in the end is not ours to say.
    private static void checkChain(List<X509Certificate> chain) throws Refused {
        for (int i = 0; i + 1 < chain.size(); i++) {
            var issued = chain.get(i);
            var issuer = chain.get(i + 1);
            try {
                if (!issued.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
                    throw new CertificateException("another issuer");
                }
                issued.verify(issuer.getPublicKey());
            } catch (GeneralSecurityException e) {
                throw new Refused(
                        FailureKind.USAGE,
                        "Certificate %d of the chain is not issued by the next one."
                                .formatted(i + 1));
            }
        }
    }

    private static void checkSubject(String subject) throws Refused {
        try {
            var _ = new X500Principal(subject);
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    FailureKind.USAGE, "The subject is not a name such as CN=Ada Lovelace,C=GB.");
        }
    }

    private Bytes random16() {
        var octets = new byte[16];
        random.nextBytes(octets);
        return Bytes.of(octets);
    }
}
