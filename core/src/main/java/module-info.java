/// Words and formats that two sides share: no I/O, clock, randomness or third-party library.
module dev.custodian.core {
    // Annotations for the compiler only: absent at run time.
    requires static org.jspecify;

    exports dev.custodian.core;
    exports dev.custodian.core.attest;
    exports dev.custodian.core.der;
    exports dev.custodian.core.evidence;
    exports dev.custodian.core.hpke;
    exports dev.custodian.core.identity;
    exports dev.custodian.core.intent;
    exports dev.custodian.core.journal;
    exports dev.custodian.core.json;
    exports dev.custodian.core.publickey;
}
