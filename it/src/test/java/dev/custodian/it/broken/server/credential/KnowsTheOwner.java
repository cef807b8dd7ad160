package dev.custodian.it.broken.server.credential;

import dev.custodian.it.broken.server.owner.KnowsTheCredential;

interface KnowsTheOwner {
    void with(KnowsTheCredential one);
}
