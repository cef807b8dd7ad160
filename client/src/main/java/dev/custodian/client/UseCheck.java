package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.Level;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.journal.Approval;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.core.journal.Use;
import dev.custodian.core.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds an approval and its use among a chain's records, and refuses a journal that tells another
/// story than the signatures do.
///
/// @param after what stands behind the use
record UseCheck(Level level, SaltedRecord approval, SaltedRecord use, List<SaltedRecord> after) {
    static UseCheck find(
            Signing.Request request,
            Signing.Approved approved,
            Id device,
            List<SaltedRecord> records)
            throws Refused {
        var wanted = new HashSet<Bytes>();
        request.distinct().forEach(digest -> wanted.add(digest.value()));
        int at = 0;
        while (at < records.size() && !isOf(approved, records.get(at))) {
            at++;
        }
        if (at == records.size()
                || !(Journal.parse(records.get(at)) instanceof Approval approval)) {
            throw broken("The journal has no record of the approval.");
        }
        requireOurs(approval, approved.evidenceHash(), device);
        requireFactors(approval, approved.factors());
        requireShown(approval, request.shown());
        int last = at;
        for (int i = at + 1; i < records.size(); i++) {
            if (Journal.parse(records.get(i)) instanceof Use use
                    && use.approval() == records.get(at).index()) {
                requireExactly(use, request, wanted);
                last = i;
            }
        }
        if (last == at) {
            throw broken("The journal has no record of the use that made these signatures.");
        }
        return new UseCheck(
                approval.level(),
                records.get(at),
                records.get(last),
                records.subList(last + 1, records.size()));
    }

    /// Refuses unless the journal holds the approval of a consent, as the device gave it.
    static void requireConsent(
            Approvals.Evidence evidence, List<Shown> shown, Id device, List<SaltedRecord> records)
            throws Refused {
        for (var record : records) {
            if (Journal.parse(record) instanceof Approval approval
                    && approval.intent().equals(evidence.intentHash())) {
                requireOurs(approval, evidence.hash(), device);
                requireFactors(approval, List.of("device", "pin"));
                requireShown(approval, shown);
                return;
            }
        }
        throw broken("The journal has no record of the consent.");
    }

    private static boolean isOf(Signing.Approved approved, SaltedRecord record) throws Refused {
        return Journal.parse(record) instanceof Approval approval
                && approval.intent().equals(approved.intentHash());
    }

    private static void requireOurs(Approval found, Bytes evidence, Id device) throws Refused {
        if (!found.evidence().equals(evidence) || !found.sender().equals(device.text())) {
            throw broken("The journal ascribes the approval to another device or evidence.");
        }
    }

    private static void requireFactors(Approval found, List<String> factors) throws Refused {
        if (!found.factors().equals(factors)) {
            throw broken("The journal ascribes the approval to other factors than were proved.");
        }
    }

    /// Compared as it is written: half a character, which a file name can hold, is not kept.
    private static void requireShown(Approval found, List<Shown> shown) throws Refused {
        if (!written(found.shown()).equals(written(shown))) {
            throw broken("The journal says that something else was shown for the approval.");
        }
    }

    private static Bytes written(List<Shown> shown) {
        return Json.array(shown, Shown::toJson).write();
    }

    private static void requireExactly(Use found, Signing.Request request, Set<Bytes> wanted)
            throws Refused {
        var used = new HashSet<Bytes>();
        found.digests().forEach(digest -> used.add(digest.value()));
        if (!used.equals(wanted)) {
            throw broken("The journal says that the key was used for other digests than these.");
        }
        if (!found.scheme().equals(request.scheme())) {
            throw broken("The journal says that the key was used with another signature scheme.");
        }
    }

    private static Refused broken(String detail) {
        return new Refused(FailureKind.JOURNAL_BROKEN, detail);
    }
}
