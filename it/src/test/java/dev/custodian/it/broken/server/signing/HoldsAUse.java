package dev.custodian.it.broken.server.signing;

import dev.custodian.it.broken.server.journal.JournalledUse;

interface HoldsAUse {
    void with(JournalledUse one);
}
