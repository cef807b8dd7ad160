package dev.custodian.agent.signing;

import dev.custodian.client.Consent;
import dev.custodian.client.Credential;
import dev.custodian.client.Credentials;
import dev.custodian.client.DeviceSession;
import dev.custodian.client.DeviceSigner;
import dev.custodian.client.FactorSource;
import dev.custodian.client.Journal;
import dev.custodian.client.Memory;
import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
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
    public void prepare(dev.custodian.client.Signing.Request request) throws Refused {
        signing().prepare(request);
    }

    @Override
    public List<Bytes> sign(dev.custodian.client.Signing.Request request, FactorSource factors)
            throws Refused {
        return signing().sign(request, factors).signatures();
    }

    @Override
    public List<Bytes> sign(dev.custodian.client.Signing.Request request, Consent consent)
            throws Refused {
        return signing().sign(request, consent).signatures();
    }

    private dev.custodian.client.Signing signing() throws Refused {
        var met = session();
        return new dev.custodian.client.Signing(met, new Journal(met), random);
    }

    @Override
    public Consent grant(dev.custodian.client.Consents.Request request, FactorSource.Given given)
            throws Refused {
        return given().grant(request, _ -> given);
    }

    @Override
    public List<dev.custodian.client.Consents.Listed> consents() throws Refused {
        return given().list();
    }

    @Override
    public void forget(Id consent) throws Refused {
        given().forget(consent);
    }

    private dev.custodian.client.Consents given() throws Refused {
        var met = session();
        return new dev.custodian.client.Consents(met, new Journal(met), random);
    }

    @Override
    public Instant now() throws Refused {
        return session().now();
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
