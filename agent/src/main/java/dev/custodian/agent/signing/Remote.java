package dev.custodian.agent.signing;

import dev.custodian.agent.session.Session;
import dev.custodian.client.Consent;
import dev.custodian.client.Credential;
import dev.custodian.client.Credentials;
import dev.custodian.client.FactorSource;
import dev.custodian.client.Journal;
import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;

/// The server that this device is enrolled with.
public final class Remote implements Server, KeyRing.Source {
    private final Session session;
    private final SecureRandom random;

    public Remote(Session session, SecureRandom random) {
        this.session = session;
        this.random = random;
    }

    @Override
    public List<Credential> list() throws Refused {
        return new Credentials(session.now()).list();
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
        var met = session.now();
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
        var met = session.now();
        return new dev.custodian.client.Consents(met, new Journal(met), random);
    }

    @Override
    public Instant now() throws Refused {
        return session.now().now();
    }
}
