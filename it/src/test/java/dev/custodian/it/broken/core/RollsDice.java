package dev.custodian.it.broken.core;

import java.security.SecureRandom;

final class RollsDice {
    private RollsDice() {}

    static int roll() {
        return new SecureRandom().nextInt();
    }
}
