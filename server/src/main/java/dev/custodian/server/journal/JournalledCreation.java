package dev.custodian.server.journal;

import dev.custodian.core.Custody;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;

/// A creation that is committed to the journal: the permission to make a key and to sign its first
/// certificate request.
///
/// Only the journal makes one, and only after the commit.
public final class JournalledCreation {
    private final long index;
    private final NewCreation creation;

    JournalledCreation(long index, NewCreation creation) {
        this.index = index;
        this.creation = creation;
    }

    /// Index of the `change` record.
    public long index() {
        return index;
    }

    public Id credential() {
        return creation.credential();
    }

    public Custody custody() {
        return creation.custody();
    }

    public KeyAlgorithm algorithm() {
        return creation.algorithm();
    }

    /// Distinguished name for the certificate request, as RFC 4514 writes it.
    public String subject() {
        return creation.subject();
    }
}
