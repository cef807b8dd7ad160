package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.server.store.CredentialRow;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;

/// Whether an intent says what the request says (DESIGN §5.1), for this server and now.
final class IntentCheck {
    /// How far a device's idea of our time may be ahead.
    private static final Duration SKEW = Duration.ofSeconds(30);

    private final Bytes thumbprint;
    private final Challenges challenges;
    private final Clock clock;

    /// @param thumbprint of this server's identity key
    IntentCheck(Bytes thumbprint, Challenges challenges, Clock clock) {
        this.thumbprint = thumbprint;
        this.challenges = challenges;
        this.clock = clock;
    }

    /// Server, nonce and expiry: what every kind of intent must get right.
    void frame(Intent intent, String owner) throws Refused {
        if (!intent.server().equals(thumbprint)) {
            throw new Refused(FailureKind.INTENT_MISMATCH, "It was approved for another server.");
        }
        var now = clock.instant();
        if (intent.iat().isAfter(now.plus(SKEW))
                || now.isAfter(intent.exp())
                || !challenges.accepts(intent.nonce(), owner, intent.kind())) {
            throw new Refused(FailureKind.INTENT_EXPIRED);
        }
    }

    /// That `approver` is this caller.
    static void approver(Intent intent, DeviceCaller caller) throws Refused {
        if (!intent.approver().equals(new Approver.OnDevice(caller.owner(), caller.device()))) {
            throw new Refused(
                    FailureKind.INTENT_MISMATCH,
                    "It was approved by another owner or on another device.");
        }
    }

    /// That a `sign` intent is for exactly the request's credential and digests; the order means
    /// nothing.
    static Matter.Sign sign(Intent intent, AuthorizeRequest request, CredentialRow credential)
            throws Refused {
        if (!(intent.matter() instanceof Matter.Sign sign)) {
            throw new Refused(FailureKind.INTENT_MISMATCH, "It approves no signatures.");
        }
        if (!sign.credential().equals(request.credential())) {
            throw new Refused(FailureKind.INTENT_MISMATCH, "It approves another credential.");
        }
        var approved = new HashSet<Bytes>();
        sign.digests().forEach(digest -> approved.add(digest.value()));
        if (!approved.equals(new HashSet<>(request.digests()))
                || request.digests().size() != approved.size()
                || request.count() != approved.size()) {
            throw new Refused(
                    FailureKind.INTENT_MISMATCH,
                    "It approves other digests, or another number of them.");
        }
        if (!sign.hashOid().equals(request.hashOid())) {
            throw new Refused(FailureKind.INTENT_MISMATCH, "It approves digests of another hash.");
        }
        if (sign.purpose() == Purpose.CERTIFICATE_REQUEST) {
            CertificateRequests.check(sign, credential.spki());
        } else if (sign.purpose() != credential.purpose()) {
            throw new Refused(
                    FailureKind.INTENT_MISMATCH,
                    "It approves another purpose than the credential has.");
        }
        return sign;
    }

    /// That a `consent` intent is for this credential and its purpose.
    static Matter.Consent consent(Intent intent, CredentialRow credential) throws Refused {
        if (!(intent.matter() instanceof Matter.Consent consent)) {
            throw new Refused(FailureKind.INTENT_MISMATCH, "It approves no consent.");
        }
        if (!consent.credential().equals(credential.id())) {
            throw new Refused(FailureKind.INTENT_MISMATCH, "It approves another credential.");
        }
        if (consent.purpose() != credential.purpose()) {
            throw new Refused(
                    FailureKind.INTENT_MISMATCH,
                    "It approves another purpose than the credential has.");
        }
        return consent;
    }
}
