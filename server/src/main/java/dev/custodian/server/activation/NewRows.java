package dev.custodian.server.activation;

import dev.custodian.core.Refused;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.store.Tx;
import java.util.Map;

/// What a change makes of an owner's rows; nothing is written yet.
///
/// @param subject of its record
/// @param details of its record
/// @param check what must hold when it is written, besides that the owner's rows are still the same
/// @param also what else is written with it
record NewRows(
        FactorRows rows,
        String subject,
        Map<String, String> details,
        Journal.Guard check,
        Also also) {
    /// Writes what goes with a change; refuses nothing any more.
    interface Also {
        /// Writes it.
        ///
        /// @param seq number of the change's record
        void write(Tx tx, long seq) throws Refused;
    }

    /// A change with nothing beside it.
    NewRows(FactorRows rows, String subject) {
        this(rows, subject, Map.of(), _ -> {}, (_, _) -> {});
    }
}
