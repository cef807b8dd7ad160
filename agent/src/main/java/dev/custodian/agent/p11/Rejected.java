package dev.custodian.agent.p11;

import dev.custodian.agent.p11.rpc.Ckr;

/// A call that is answered with a return value other than `CKR_OK`.
final class Rejected extends Exception {
    private static final long serialVersionUID = 1L;

    private final Ckr code;

    Rejected(Ckr code) {
        super(code.name(), null, false, false);
        this.code = code;
    }

    Ckr code() {
        return code;
    }
}
