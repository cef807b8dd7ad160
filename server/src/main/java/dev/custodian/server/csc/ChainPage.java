package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.journal.SaltedRecord;
import dev.custodian.server.journal.Page;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Records of a chain with their proof, as they travel (FORMATS §7).
public final class ChainPage {
    /// Most records in one answer.
    static final int MOST = 500;

    private ChainPage() {}

    static Map<String, Object> show(Page page) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("records", page.records().stream().map(ChainPage::show).toList());
        shown.putAll(proof(page));
        if (page.more()) {
            shown.put("more", true);
        }
        return shown;
    }

    /// One record.
    public static Map<String, Object> show(SaltedRecord record) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("record", record.record().base64Url());
        shown.put("salt", record.salt().base64Url());
        shown.put("index", record.index());
        return shown;
    }

    /// The checkpoint and what proves the newest record in it. `pending` says that it does not
    /// cover that record yet.
    public static Map<String, Object> proof(Page page) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("checkpoint", text(page.checkpoint().encode()));
        shown.put("proof", hashes(page.proof()));
        if (page.pending()) {
            shown.put("pending", true);
        }
        return shown;
    }

    static List<String> hashes(List<Bytes> hashes) {
        return hashes.stream().map(Bytes::base64Url).toList();
    }

    private static String text(Bytes note) {
        try {
            return note.utf8();
        } catch (MalformedException e) {
            throw new IllegalStateException("a signed note is text", e);
        }
    }
}
