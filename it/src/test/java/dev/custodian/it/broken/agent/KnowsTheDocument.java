package dev.custodian.it.broken.agent;

import dev.custodian.it.broken.document.Paper;

interface KnowsTheDocument {
    void with(Paper one);
}
