package dev.custodian.it.broken.server.credential;

import java.security.PrivateKey;

interface HoldsAKey {
    void with(PrivateKey one);
}
