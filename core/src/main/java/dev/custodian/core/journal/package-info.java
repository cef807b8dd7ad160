/// The journal as everybody sees it: records, the Merkle tree over them, signed checkpoints, and
/// the check of one credential's or owner's chain. Pure functions; the server's writer and the
/// agent's check stand on the same code.
@NullMarked
package dev.custodian.core.journal;

import org.jspecify.annotations.NullMarked;
