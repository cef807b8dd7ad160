package dev.custodian.it.broken.server.http;

import dev.custodian.it.broken.server.signing.SignIt;

interface SignsByItself {
    void with(SignIt one);
}
