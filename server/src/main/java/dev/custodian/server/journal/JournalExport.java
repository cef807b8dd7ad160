package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.json.Json;
import dev.custodian.server.store.HeadRow;
import dev.custodian.server.store.Reader;
import java.io.IOException;
import java.io.OutputStream;

/// Writes the whole journal for independent checkers, as JSON lines: for each record `index`,
/// `salt`, `record` (its bytes) and, where an approval has one, `evidence`; last a line with the
/// signed `checkpoint` of exactly these records. Binary members are base64url.
final class JournalExport {
    private static final int PAGE = 1_000;

    private final Reader reader;
    private final OutputStream out;

    JournalExport(Reader reader, OutputStream out) {
        this.reader = reader;
        this.out = out;
    }

    void write(HeadRow head, Checkpoints.Signed checkpoint) throws Refused, IOException {
        for (long from = 0; from < head.size(); from += PAGE) {
            for (var row : reader.records(from, Math.min(from + PAGE, head.size()))) {
                var line =
                        Json.object()
                                .put("index", row.index())
                                .put("salt", row.salt())
                                .put("record", row.record());
                var evidence = reader.evidence(row.index());
                if (evidence != null) {
                    line.put("evidence", evidence);
                }
                line(line.build().write());
            }
        }
        line(Json.object().put("checkpoint", checkpoint.note().encode()).build().write());
    }

    private void line(Bytes json) throws IOException {
        out.write(json.toArray());
        out.write('\n');
    }
}
