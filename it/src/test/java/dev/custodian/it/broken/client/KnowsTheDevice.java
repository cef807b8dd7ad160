package dev.custodian.it.broken.client;

import dev.custodian.it.broken.device.Key;

interface KnowsTheDevice {
    void with(Key one);
}
