package dev.custodian.link;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Purpose;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;

/// Values that several tests use.
final class Examples {
    static final Id ID = id(Id.Kind.CREDENTIAL, 1);
    static final Id CONSENT_ID = id(Id.Kind.CONSENT, 1);
    static final Bytes DIGEST = Bytes.fromHex("11".repeat(32));
    static final Consent CONSENT =
            new Consent(CONSENT_ID, "work", "ssh (4711)", 9, Instant.parse("2026-11-01T12:00:00Z"));

    private Examples() {}

    static Id id(Id.Kind kind, int number) {
        return Id.of(kind, Bytes.concat(Bytes.u32(number), Bytes.fromHex("00".repeat(12))));
    }

    static Credential credential(int number, int certificate) {
        return new Credential(
                "work " + number,
                id(Id.Kind.CREDENTIAL, number),
                KeyAlgorithm.P256,
                Bytes.fromHex("30".repeat(91)),
                List.of(Bytes.fromHex("30".repeat(certificate))),
                number % 2 == 0 ? Purpose.LOGIN : Purpose.DOCUMENT,
                Custody.OWNER_SEALED);
    }

    static Request.Sign sign(int digests, Duration limit) {
        return new Request.Sign(
                "work",
                SignatureScheme.of(Scheme.ECDSA_SHA256),
                Collections.nCopies(digests, DIGEST),
                Request.Context.NONE,
                false,
                limit);
    }
}
