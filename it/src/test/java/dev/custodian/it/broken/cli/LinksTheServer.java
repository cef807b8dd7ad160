package dev.custodian.it.broken.cli;

import dev.custodian.it.broken.server.store.Row;

interface LinksTheServer {
    void with(Row one);
}
