package dev.custodian.cli;

import dev.custodian.client.DeviceSigner;
import dev.custodian.client.Enrolment;
import dev.custodian.client.Memory;
import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Shown;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.Shares;
import dev.custodian.device.SoftwareDeviceKeys;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.util.List;

/// This machine as the demo's server knows it: device key and share in the demo's folder, and what
/// is remembered of the server.
final class DemoDevice {
    private static final String NAME = "demo";

    private final Signer signer;
    private final Shares shares;
    private final Memory memory;

    private DemoDevice(Signer signer, Shares shares, Memory memory) {
        this.signer = signer;
        this.shares = shares;
        this.memory = memory;
    }

    private record Signer(DeviceKey key) implements DeviceSigner {
        @Override
        public ECPublicKey publicKey() {
            return key.publicKey();
        }

        @Override
        public Bytes sign(Bytes message) throws Refused {
            return key.sign(message);
        }
    }

    /// Makes key and share and enrols them with the PIN.
    static DemoDevice enrol(
            Invitation invitation, Secret pin, DemoFolder folder, Clock clock, SecureRandom random)
            throws Refused {
        var store = folder.resolve("device");
        var signer = new Signer(SoftwareDeviceKeys.in(store).create(NAME));
        var shares = Shares.in(store, random);
        try (var share = shares.create(NAME)) {
            var shown = List.of(new Shown("device", "demo", Shown.Source.COMPUTED));
            var enrolled =
                    new Enrolment(invitation, signer, clock, random).enrol(share, pin, shown);
            return new DemoDevice(
                    signer, shares, Memory.begin(folder.resolve("memory"), enrolled.remembered()));
        }
    }

    DeviceSigner signer() {
        return signer;
    }

    /// The device's share; the caller closes it.
    Secret share() throws Refused {
        return shares.load(NAME);
    }

    Memory memory() {
        return memory;
    }
}
