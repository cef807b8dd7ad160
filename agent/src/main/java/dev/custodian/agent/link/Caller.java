package dev.custodian.agent.link;

import dev.custodian.agent.peer.Peer;
import dev.custodian.core.intent.Shown;
import java.util.function.BooleanSupplier;

/// Who asks on the link.
///
/// @param name what it calls itself in its hello, one visible line
/// @param isThere whether it still waits for the answer
record Caller(Peer peer, String name, BooleanSupplier isThere) {
    /// What it says of itself, to be shown.
    Shown says() {
        return new Shown("calls itself", name, Shown.Source.REPORTED);
    }
}
