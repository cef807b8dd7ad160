package dev.custodian.server.trust;

import java.nio.file.Path;

/// A trust folder is not right. The message is a sentence for the operator.
public final class TrustException extends Exception {
    private static final long serialVersionUID = 1L;

    TrustException(Path file, String why) {
        super(file + ": " + why + ".", null, false, false);
    }
}
