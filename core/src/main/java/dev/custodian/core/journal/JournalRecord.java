package dev.custodian.core.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import java.time.Instant;

/// One record of the journal (FORMATS §7). It is stored and hashed as encoded; each record has one
/// encoding only.
public sealed interface JournalRecord permits JournalRecord.Chained, ServerChange {

    /// No record has more octets: a use of 4,000 SHA-512 digests has half as many.
    int MAX_SIZE = 1 << 20;

    /// Most digests that one use or outcome names.
    int MAX_DIGESTS = 4_000;

    /// A record about a credential or an owner.
    sealed interface Chained extends JournalRecord permits Approval, Use, Outcome, Change {
        /// Its place among the records about the same credential or owner.
        Place place();
    }

    /// When the server wrote it, in whole milliseconds.
    Instant time();

    /// The record in UTF-8 JSON, members in the order of the format.
    default Bytes encode() {
        return RecordCodec.write(this);
    }

    /// Reads what [#encode] wrote, and no other form of it.
    static JournalRecord parse(Bytes record) throws MalformedException {
        return RecordCodec.read(record);
    }
}
