package dev.custodian.server.store;

import dev.custodian.core.Bytes;

/// Where the journal ends (FORMATS §7).
///
/// @param size number of records
/// @param edge the tree's right edge
/// @param checkpoint the last signed note; empty while there is none
public record HeadRow(long size, Bytes edge, Bytes checkpoint) {}
