package dev.custodian.agent.session;

import dev.custodian.client.DeviceSigner;
import dev.custodian.device.DeviceKey;

/// The agent's own signer, over whatever key a test has.
public final class Signers {
    private Signers() {}

    public static DeviceSigner of(DeviceKey key) {
        return new KeySigner(key, null);
    }
}
