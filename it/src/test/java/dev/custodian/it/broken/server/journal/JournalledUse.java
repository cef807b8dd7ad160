package dev.custodian.it.broken.server.journal;

public final class JournalledUse {
    public JournalledUse() {}
}
