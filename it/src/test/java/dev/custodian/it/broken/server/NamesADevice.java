package dev.custodian.it.broken.server;

import dev.custodian.it.broken.device.Key;

interface NamesADevice {
    void with(Key one);
}
