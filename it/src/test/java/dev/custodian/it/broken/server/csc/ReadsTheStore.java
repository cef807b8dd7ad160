package dev.custodian.it.broken.server.csc;

import dev.custodian.it.broken.server.store.Row;

interface ReadsTheStore {
    void with(Row one);
}
