package dev.custodian.server.credential;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Origin;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Policy;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.Store;
import java.util.ArrayList;
import java.util.List;

/// Credentials as their owner may see them: no key in any form.
public final class Credentials {
    /// One credential.
    ///
    /// @param origin where its key was made
    /// @param policy verbatim, so that the owner can check its hash
    /// @param certificates DER, end entity first; empty until certified
    public record View(
            Id id,
            Purpose purpose,
            Custody custody,
            Origin origin,
            KeyAlgorithm algorithm,
            Bytes spki,
            Bytes policy,
            int multisign,
            List<Bytes> certificates) {
        /// Whether it can sign what it is for.
        public boolean isEnabled() {
            return !certificates.isEmpty() || !purpose.needsCertificate();
        }
    }

    private final Store store;

    public Credentials(Store store) {
        this.store = store;
    }

    /// The owner's own credentials, by id.
    public List<View> list(Id owner) throws Refused {
        try (var reader = store.read()) {
            var views = new ArrayList<View>();
            for (var row : reader.credentials(owner)) {
                views.add(view(row));
            }
            return views;
        }
    }

    /// One credential; another owner's gives the same refusal as one that is not there.
    public View of(Id owner, Id credential) throws Refused {
        try (var reader = store.read()) {
            var row = reader.credential(credential);
            if (row == null || !row.owner().equals(owner)) {
                throw new Refused(FailureKind.CREDENTIAL_UNKNOWN);
            }
            return view(row);
        }
    }

    private static View view(CredentialRow row) throws Refused {
        try {
            return new View(
                    row.id(),
                    row.purpose(),
                    row.custody(),
                    row.origin(),
                    row.algorithm(),
                    row.spki(),
                    row.policy(),
                    Policy.decode(row.policy()).multisign(),
                    row.certificates());
        } catch (MalformedException e) {
            throw new Refused(FailureKind.TAMPERED, "The credential's policy cannot be read.");
        }
    }
}
