package dev.custodian.document;

import dev.custodian.document.Finding.Check;
import dev.custodian.document.Finding.Outcome;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was found about one signature of a PDF. All text in it is safe to print.
///
/// @param field name of the signature field
/// @param signer subject of the signer's certificate (RFC 2253); empty when none could be read
/// @param time when the signer claims to have signed, which nothing proves without a time stamp
/// @param coveredOctets the signature speaks about the file's first so many octets; 0 when its
///   range is wrong
/// @param laterOctets so many came after, about which it says nothing
public record SignatureReport(
        String field,
        String signer,
        @Nullable Instant time,
        long coveredOctets,
        long laterOctets,
        List<Finding> findings) {
    private static final EnumSet<Check> INTACT =
            EnumSet.range(Check.RANGE, Check.SIGNING_CERTIFICATE);
    private static final EnumSet<Check> TRUSTED = EnumSet.range(Check.RANGE, Check.PATH);

    public SignatureReport {
        findings = List.copyOf(findings);
    }

    public boolean coversWholeFile() {
        return coveredOctets > 0 && laterOctets == 0;
    }

    /// Whether the covered octets are unchanged since the holder of the named certificate's key
    /// signed them.
    public boolean isIntact() {
        return hold(INTACT);
    }

    /// Whether it is intact and the certificate leads to a given root, valid, for documents and not
    /// known to be revoked.
    public boolean isTrusted() {
        return hold(TRUSTED)
                && findings.stream().noneMatch(finding -> finding.outcome() == Outcome.FAILS);
    }

    private boolean hold(EnumSet<Check> checks) {
        var held = EnumSet.noneOf(Check.class);
        for (var finding : findings) {
            if (finding.outcome() == Outcome.HOLDS) {
                held.add(finding.check());
            }
        }
        return held.containsAll(checks);
    }
}
