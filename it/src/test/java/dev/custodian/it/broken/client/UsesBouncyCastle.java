package dev.custodian.it.broken.client;

import org.bouncycastle.asn1.ASN1Sequence;

interface UsesBouncyCastle {
    void with(ASN1Sequence one);
}
