package dev.custodian.it.broken.testpki;

import dev.custodian.it.broken.document.Paper;

interface KnowsTheDocument {
    void with(Paper one);
}
