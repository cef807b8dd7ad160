package dev.custodian.device.jca;

import dev.custodian.core.Bytes;
import dev.custodian.core.Scheme;
import dev.custodian.device.DeviceException;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.KeyType;
import dev.custodian.device.KeyUri;
import java.security.PublicKey;
import java.util.Optional;

/// A key as a [DeviceKeyStoreSpi] hands it out.
///
/// @param use what has to be reachable for as long as its store is to stay open
record LentKey(DeviceKey key, Object use) implements DeviceKey {
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
        return key.sign(scheme, digest);
    }

    @Override
    public <T> Optional<T> ability(Class<T> ability) {
        return key.ability(ability);
    }

    @Override
    public void close() {
        key.close();
    }
}
