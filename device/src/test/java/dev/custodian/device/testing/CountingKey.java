package dev.custodian.device.testing;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import java.security.PublicKey;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts what a key signs, and has none of its abilities.
public record CountingKey(DeviceKey key, AtomicInteger signatures) implements DeviceKey {
    public CountingKey(DeviceKey key) {
        this(key, new AtomicInteger());
    }

    @Override
    public KeyUri uri() {
        return key.uri();
    }

    @Override
    public KeyType type() {
        return key.type();
    }

    @Override
    public PublicKey publicKey() {
        return key.publicKey();
    }

    @Override
    public Bytes sign(Scheme scheme, Bytes digest) throws DeviceException {
        signatures.incrementAndGet();
        return key.sign(scheme, digest);
    }

    @Override
    public void close() {
        key.close();
    }
}
