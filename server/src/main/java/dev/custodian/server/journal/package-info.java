/// The journal: the one writer of the store, and the reading side that proves what it wrote (DESIGN
/// §6, FORMATS §7).
///
/// Nothing is signed before its use is committed, and a repeat never signs again:
/// [dev.custodian.server.journal.Journal] alone makes a
/// [dev.custodian.server.journal.JournalledUse], and the vault signs nothing else.
@NullMarked
package dev.custodian.server.journal;

import org.jspecify.annotations.NullMarked;
