package dev.custodian.link;

import dev.custodian.core.Id;
import java.time.Instant;

/// A consent in force (FORMATS §6).
///
/// @param credential its name, 1 to 256 octets
/// @param subject for whom, as it was shown to the owner: 1 to 1024 octets
/// @param remaining signatures that are left, 0 to 4,000
/// @param until its end, in years 0 to 9999
public record Consent(Id id, String credential, String subject, int remaining, Instant until) {
    static final int LONGEST_SUBJECT = 1024;
    static final int MOST = 4000;

    public Consent {
        id.require(Id.Kind.CONSENT);
        Limits.text("credential", credential, 1, Limits.NAME);
        Limits.text("subject", subject, 1, LONGEST_SUBJECT);
        Limits.require(remaining >= 0 && remaining <= MOST, "0 to " + MOST + " signatures");
        Limits.time(until);
    }
}
