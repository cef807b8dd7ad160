package dev.custodian.server;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;

/// Digests of nothing in particular.
final class TestDigests {
    private TestDigests() {}

    /// SHA-256 of a text.
    static Bytes of(String text) {
        return Hashes.sha256(Bytes.utf8(text));
    }
}
