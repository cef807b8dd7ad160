package dev.custodian.it.broken.device;

import dev.custodian.it.broken.client.Session;

interface KnowsTheClient {
    void with(Session one);
}
