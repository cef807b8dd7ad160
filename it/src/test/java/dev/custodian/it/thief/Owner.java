package dev.custodian.it.thief;

import dev.custodian.client.Credentials;
import dev.custodian.client.DeviceSession;
import dev.custodian.client.DeviceSigner;
import dev.custodian.client.Enrolment;
import dev.custodian.client.FactorSource;
import dev.custodian.client.Journal;
import dev.custodian.client.Memory;
import dev.custodian.client.Pin;
import dev.custodian.client.Signing;
import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.identity.Invitation;
import dev.custodian.core.intent.Matter;
import dev.custodian.device.DeviceKey;
import dev.custodian.device.Shares;
import dev.custodian.device.SoftwareDeviceKeys;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.util.List;

/// An owner with a device of the usual kind, who types the same PIN each time.
final class Owner implements AutoCloseable {
    private static final String NAME = "device";

    private final String pin;
    private final Path folder;
    private final Shares shares;
    private final Memory memory;
    private final DeviceSession session;
    private final Signing signing;

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

    /// Enrols.
    ///
    /// @param folder where key, share and memory are kept
    Owner(Path folder, Invitation invitation, String pin, SecureRandom random) throws Refused {
        this.pin = pin;
        this.folder = folder;
        this.shares = Shares.in(folder, random);
        var clock = Clock.systemUTC();
        var signer = new Signer(SoftwareDeviceKeys.in(folder).create(NAME));
        try (var share = shares.create(NAME);
                var typed = Pin.of(pin.toCharArray())) {
            var enrolled =
                    new Enrolment(invitation, signer, clock, random).enrol(share, typed, List.of());
            memory = Memory.begin(folder.resolve("memory"), enrolled.remembered());
        }
        session = DeviceSession.open(memory, signer, clock, random);
        signing = new Signing(session, new Journal(session), random);
    }

    Id id() {
        return memory.now().owner();
    }

    String pin() {
        return pin;
    }

    /// The file with the share, 32 octets.
    Path shareFile() {
        return folder.resolve(NAME + ".share");
    }

    /// Approves and signs one digest; what comes back was checked.
    Signing.Signed sign(Id credential, SignatureScheme scheme, Bytes digest) throws Refused {
        var request =
                new Signing.Request(
                        new Credentials(session).info(credential),
                        scheme,
                        List.of(new Matter.Digest(digest, "")),
                        List.of());
        return signing.sign(
                request, _ -> new FactorSource.Given(Pin.of(pin.toCharArray()), shares.load(NAME)));
    }

    @Override
    public void close() {
        session.close();
    }
}
