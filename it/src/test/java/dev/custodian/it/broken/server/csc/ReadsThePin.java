package dev.custodian.it.broken.server.csc;

import dev.custodian.core.evidence.Factors;

interface ReadsThePin {
    void with(Factors one);
}
