package dev.custodian.server.store;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;

/// Where a chain of the journal ends (FORMATS §7).
///
/// @param number the row's own number
/// @param chain the credential or owner whose chain it is
/// @param seq number of its last record; 0 while it has none
/// @param prev commitment of that record; 32 zero octets while it has none
/// @param last index of that record; -1 while it has none
public record ChainRow(long number, Id chain, long seq, Bytes prev, long last) {}
