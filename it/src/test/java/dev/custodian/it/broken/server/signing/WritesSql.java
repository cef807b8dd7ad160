package dev.custodian.it.broken.server.signing;

import java.sql.Connection;

interface WritesSql {
    void with(Connection one);
}
