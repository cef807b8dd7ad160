package dev.custodian.it.broken.server.owner;

import dev.custodian.it.broken.server.credential.Listing;

public interface KnowsTheCredential {
    void with(Listing one);
}
