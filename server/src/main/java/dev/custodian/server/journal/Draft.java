package dev.custodian.server.journal;

import dev.custodian.core.Id;
import dev.custodian.core.journal.JournalRecord;
import dev.custodian.core.journal.Place;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongConsumer;

/// A record that will be written in this batch, once its place is known.
sealed interface Draft {
    /// Is told the record's index.
    LongConsumer written();

    /// Of a credential or an owner.
    record Chained(Id chain, BiFunction<Instant, Place, JournalRecord> record, LongConsumer written)
            implements Draft {}

    /// Of the server.
    record Unchained(Function<Instant, JournalRecord> record, LongConsumer written)
            implements Draft {}

    /// Nobody needs the index.
    LongConsumer UNHEARD = _ -> {};
}
