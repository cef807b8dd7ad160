package dev.custodian.server.journal;

import dev.custodian.core.Bytes;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.store.InnerKey;
import java.util.List;

/// A use that is committed to the journal: what a vault needs to sign, and the permission to do so.
///
/// Only the journal makes one, and only after the commit, so that no path signs first.
public final class JournalledUse {
    private final long index;
    private final SignatureScheme scheme;
    private final List<Bytes> digests;
    private final InnerKey key;

    JournalledUse(long index, SignatureScheme scheme, List<Bytes> digests, InnerKey key) {
        this.index = index;
        this.scheme = scheme;
        this.digests = List.copyOf(digests);
        this.key = key;
    }

    /// Index of the `use` record.
    public long index() {
        return index;
    }

    public SignatureScheme scheme() {
        return scheme;
    }

    /// What is to be signed: distinct values, each of the length of the scheme's hash.
    public List<Bytes> digests() {
        return digests;
    }

    public InnerKey key() {
        return key;
    }
}
