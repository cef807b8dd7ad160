package dev.custodian.it.broken.document;

import dev.custodian.it.broken.client.Session;

interface KnowsTheClient {
    void with(Session one);
}
