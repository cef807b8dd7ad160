package dev.custodian.server.signing;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.evidence.Sad;
import dev.custodian.core.hpke.Aead;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.activation.Activation;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.journal.UseRequest;
import dev.custodian.server.store.AuthorizationRow;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.store.Store;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Signs the digests of an authorization (DESIGN §4): finds it by its SAD, frees the key with it,
/// and leaves the rest to the journal, which commits the use before the vault sees it.
public final class SignHashes {
    /// `signatures/signHash`, parsed.
    ///
    /// @param digests as octets, in the order in which signatures are wanted
    public record Request(
            DeviceCaller caller,
            Id credential,
            Sad sad,
            SignatureScheme scheme,
            List<Bytes> digests) {
        public Request {
            digests = List.copyOf(digests);
        }
    }

    private final Store store;
    private final Journal journal;
    private final Clock clock;

    public SignHashes(Store store, Journal journal, Clock clock) {
        this.store = store;
        this.journal = journal;
        this.clock = clock;
    }

    /// The signatures in the order of the digests. The same request again gives the same octets and
    /// never signs again.
    public List<Bytes> sign(Request request) throws Refused {
        // Each is looked up while nobody else can write.
        if (request.digests.size() > Matter.MOST) {
            throw new Refused(
                    FailureKind.MALFORMED_REQUEST,
                    "One request signs " + Matter.MOST + " digests at most.");
        }
        for (var digest : request.digests) {
            if (digest.size() != request.scheme.scheme().hash().length()) {
                throw new Refused(FailureKind.DIGEST_LENGTH);
            }
        }
        AuthorizationRow authorization;
        CredentialRow credential;
        try (var reader = store.read()) {
            authorization = check(reader.authorizationBySad(request.sad.hash()), request);
            var row = reader.credential(request.credential);
            if (row == null) {
                throw new Refused(FailureKind.CREDENTIAL_UNKNOWN);
            }
            credential = row;
        }
        if (!request.scheme.fits(credential.algorithm())) {
            throw new Refused(FailureKind.SCHEME_REFUSED);
        }
        return journal.use(
                new UseRequest(
                        authorization.number(),
                        request.credential,
                        request.caller.sender(),
                        request.scheme,
                        request.digests,
                        key(authorization, credential, request.sad)));
    }

    /// A SAD of another sender or credential is refused like one that was never given.
    private AuthorizationRow check(@Nullable AuthorizationRow row, Request request) throws Refused {
        if (row == null
                || !row.sender().equals(request.caller.sender())
                || !row.credential().equals(request.credential)) {
            throw new Refused(FailureKind.SAD_UNKNOWN);
        }
        if (!row.expires().isAfter(clock.instant())) {
            throw new Refused(FailureKind.SAD_EXPIRED);
        }
        return row;
    }

    /// The key as the vault takes it; null when the opening is gone, so that only stored results
    /// can be had.
    private static @Nullable InnerKey key(
            AuthorizationRow authorization, CredentialRow credential, Sad sad) throws Refused {
        var opening = authorization.opening();
        if (opening == null) {
            return null;
        }
        var aad = Activation.openingAad(authorization.id(), credential.id());
        try (var key = sad.openingKey(authorization.id().text());
                var inner = Aead.open(key, aad, opening.sealed())) {
            return opening.key(credential, Bytes.of(inner.expose()));
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.TAMPERED, "The authorization's row was changed.");
        }
    }
}
