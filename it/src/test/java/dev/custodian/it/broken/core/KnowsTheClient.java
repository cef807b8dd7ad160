package dev.custodian.it.broken.core;

import dev.custodian.it.broken.client.Session;

interface KnowsTheClient {
    void with(Session one);
}
