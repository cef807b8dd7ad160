package dev.custodian.agent.signing;

import dev.custodian.client.Credential;
import dev.custodian.client.Credentials;
import dev.custodian.client.DeviceSession;
import dev.custodian.client.DeviceSigner;
import dev.custodian.client.FactorSource;
import dev.custodian.client.Journal;
import dev.custodian.client.Memory;
import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The server that this device is enrolled with. It is met when it is first needed, so that the
/// agent starts without a network.
public final class Remote implements Server, KeyRing.Source, AutoCloseable {
    private final Memory memory;
    private final DeviceSigner device;
    private final Clock clock;
    private final SecureRandom random;
    private @Nullable DeviceSession session;

    public Remote(Memory memory, DeviceSigner device, Clock clock, SecureRandom random) {
        this.memory = memory;
        this.device = device;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public List<Credential> list() throws Refused {
        return new Credentials(session()).list();
    }

    @Override
    public List<Bytes> sign(dev.custodian.client.Signing.Request request, FactorSource factors)
            throws Refused {
        var met = session();
        return new dev.custodian.client.Signing(met, new Journal(met), random)
                .sign(request, factors)
                .signatures();
    }

    private synchronized DeviceSession session() throws Refused {
        var met = session;
        if (met == null) {
            met = DeviceSession.open(memory, device, clock, random);
            session = met;
        }
        return met;
    }

    @Override
    public synchronized void close() {
        if (session != null) {
            session.close();
        }
    }
}
