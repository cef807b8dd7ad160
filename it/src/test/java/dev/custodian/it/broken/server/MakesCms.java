package dev.custodian.it.broken.server;

import org.bouncycastle.asn1.cms.SignedData;

interface MakesCms {
    void with(SignedData one);
}
