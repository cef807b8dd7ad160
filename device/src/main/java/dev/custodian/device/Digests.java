package dev.custodian.device;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;

/// What every store asks of a digest before its device sees it.
final class Digests {
    private Digests() {}

    static void require(KeyType type, Scheme scheme, Bytes digest) throws DeviceException {
        if (!type.schemes().contains(scheme)) {
            throw new DeviceException(
                    DeviceFailure.UNSUPPORTED, type.display() + " does not sign " + scheme + ".");
        }
        if (digest.size() != scheme.hash().length()) {
            throw new IllegalArgumentException("a digest of another hash");
        }
    }
}
