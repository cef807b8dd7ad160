package dev.custodian.it.broken.server.activation;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

final class LoadsAKey {
    private LoadsAKey() {}

    static void load(Signature signature, PrivateKey key) throws GeneralSecurityException {
        signature.initSign(key);
    }
}
