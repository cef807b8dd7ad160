package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.hpke.Aead;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.server.store.ConsentRow;
import dev.custodian.server.store.CredentialRow;
import dev.custodian.server.store.InnerKey;
import dev.custodian.server.store.Opening;
import dev.custodian.server.store.Tx;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;

/// What a consent allows, and what is sealed under its secret.
final class ConsentRules {
    private ConsentRules() {}

    /// That it was not taken back, has not ended, and is about the credential as it is now.
    static void requireLive(ConsentRow consent, CredentialRow credential, Instant now)
            throws Refused {
        if (consent.revoked() || consent.version() != credential.version()) {
            throw new Refused(FailureKind.CONSENT_REVOKED);
        }
        if (!consent.expires().isAfter(now)) {
            throw new Refused(FailureKind.CONSENT_EXPIRED);
        }
    }

    /// That it is live and has so many signatures left.
    static void requireCovers(
            ConsentRow consent, CredentialRow credential, int signatures, Instant now)
            throws Refused {
        requireLive(consent, credential, now);
        if (consent.remaining() < signatures) {
            throw new Refused(FailureKind.CONSENT_USED_UP);
        }
    }

    /// That the intent is for the consent's purpose and shows, once and as reported, for whom the
    /// consent was given.
    static void requireSubject(ConsentRow consent, Matter.Sign sign, List<Shown> shown)
            throws Refused {
        if (sign.purpose() != consent.purpose()) {
            throw new Refused(
                    FailureKind.INTENT_MISMATCH, "It approves another purpose than the consent.");
        }
        var named = shown.stream().filter(line -> line.what().equals(Shown.SUBJECT)).toList();
        if (!named.equals(List.of(Shown.subject(consent.subject())))) {
            throw new Refused(
                    FailureKind.INTENT_MISMATCH, "It does not name the subject of the consent.");
        }
    }

    /// Takes the signatures within the transaction that writes their authorization: whatever was
    /// found before, no more are taken than there are.
    static void spend(Tx tx, ConsentRow consent, int signatures, Instant now) throws Refused {
        if (tx.consents().spend(consent.id(), signatures, now)) {
            return;
        }
        var present = tx.consents().find(consent.id());
        var credential = tx.credential(consent.credential());
        if (present == null || credential == null) {
            throw new Refused(FailureKind.CONSENT_UNKNOWN);
        }
        requireCovers(present, credential, signatures, now);
        throw new IllegalStateException("a consent that covers the signatures was not spent");
    }

    /// Seals the credential's wrapped key under the secret.
    static Opening seal(
            ConsentSecret secret, ConsentRow consent, InnerKey inner, SecureRandom random) {
        try (var key = secret.openingKey(consent.id())) {
            var sealed = Aead.seal(key, aad(consent), inner.inner().toArray(), random);
            return Opening.of(inner, sealed);
        }
    }

    /// Frees the credential's wrapped key; refuses a row whose terms were changed.
    static InnerKey open(ConsentSecret secret, ConsentRow consent, CredentialRow credential)
            throws Refused {
        var opening = consent.opening();
        if (opening == null || consent.remaining() > consent.count()) {
            throw new Refused(FailureKind.TAMPERED, "The consent was changed.");
        }
        try (var key = secret.openingKey(consent.id());
                var inner = Aead.open(key, aad(consent), opening.sealed())) {
            return opening.key(credential, Bytes.of(inner.expose()));
        } catch (GeneralSecurityException e) {
            throw new Refused(FailureKind.TAMPERED, "The consent was changed.");
        }
    }

    /// Everything of the row that never changes.
    private static Bytes aad(ConsentRow consent) {
        return Bytes.join(
                Bytes.utf8(consent.id().text()),
                Bytes.utf8(consent.credential().text()),
                Bytes.u64(consent.version()),
                Bytes.utf8(consent.owner().text()),
                Bytes.utf8(consent.device().text()),
                Bytes.utf8(consent.purpose().text()),
                Bytes.utf8(consent.subject()),
                Bytes.u64(consent.count()),
                Bytes.u64(consent.expires().toEpochMilli()));
    }
}
