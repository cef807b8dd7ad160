package dev.custodian.cli;

import dev.custodian.client.PinRules;
import dev.custodian.core.Secret;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/// A PIN for a demo that nobody watches: made up and told, since it protects nothing that lasts.
final class GeneratedPin implements PinSource {
    private static final int DIGITS = 6;

    private final Secret pin;

    GeneratedPin(RandomGenerator random) {
        var octets = new byte[DIGITS];
        do {
            for (int i = 0; i < DIGITS; i++) {
                octets[i] = (byte) ('0' + random.nextInt(10));
            }
        } while (!PinRules.fault(Secret.owning(octets)).isEmpty());
        this.pin = Secret.owning(octets);
    }

    /// For the one place that tells it.
    String tell() {
        return new String(pin.expose(), StandardCharsets.US_ASCII);
    }

    @Override
    public Secret choose() {
        return copy();
    }

    @Override
    public Secret approve() {
        return copy();
    }

    @Override
    public boolean mayErr() {
        return false;
    }

    private Secret copy() {
        return Secret.copyOf(pin.expose(), 0, pin.size());
    }

    @Override
    public void close() {
        pin.close();
    }
}
