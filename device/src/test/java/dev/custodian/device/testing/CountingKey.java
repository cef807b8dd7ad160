package dev.custodian.device.testing;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import dev.custodian.device.MessageSigning;
import java.security.PublicKey;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts what a key signs, and has none of its abilities but to sign whole messages.
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
    public <T> Optional<T> ability(Class<T> ability) {
        if (ability != MessageSigning.class) {
            return Optional.empty();
        }
        return key.ability(MessageSigning.class).map(signing -> ability.cast(counted(signing)));
    }

    private MessageSigning counted(MessageSigning signing) {
        return message -> {
            signatures.incrementAndGet();
            return signing.sign(message);
        };
    }

    @Override
    public void close() {
        key.close();
    }
}
