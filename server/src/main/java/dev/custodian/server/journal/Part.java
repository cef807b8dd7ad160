package dev.custodian.server.journal;

import dev.custodian.core.Bytes;

/// Where the signature of one digest of a request comes from.
sealed interface Part {
    /// It was made before.
    record Stored(Bytes signature) implements Part {}

    /// It is being made here.
    ///
    /// @param at its place in the use's digests
    record Running(RunningUse use, int at) implements Part {}

    /// Another node makes it, or made it before it stopped.
    record Elsewhere() implements Part {}
}
