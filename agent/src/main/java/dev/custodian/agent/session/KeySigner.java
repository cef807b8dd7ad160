package dev.custodian.agent.session;

import dev.custodian.client.DeviceSigner;
import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.device.DeviceKey;
import java.security.interfaces.ECPublicKey;

/// A device key as the client wants it.
record KeySigner(DeviceKey key) implements DeviceSigner {
    @Override
    public ECPublicKey publicKey() {
        return key.publicKey();
    }

    @Override
    public Bytes sign(Bytes message) throws Refused {
        return key.sign(message);
    }
}
