package dev.custodian.it.broken.server.vault;

import dev.custodian.it.broken.server.http.Request;

interface KnowsHttp {
    void with(Request one);
}
