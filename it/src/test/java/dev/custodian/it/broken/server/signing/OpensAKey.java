package dev.custodian.it.broken.server.signing;

import dev.custodian.it.broken.server.store.InnerKey;

final class OpensAKey {
    private OpensAKey() {}

    static String open(InnerKey key) {
        return key.inner();
    }
}
