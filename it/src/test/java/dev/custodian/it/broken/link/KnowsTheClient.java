package dev.custodian.it.broken.link;

import dev.custodian.it.broken.client.Session;

interface KnowsTheClient {
    void with(Session one);
}
