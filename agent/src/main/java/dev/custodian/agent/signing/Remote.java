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

    /// Something that is asked of the server.
    private interface Call<T> {
        T answer() throws Refused;
    }

    private <T> T ask(Call<T> call) throws Refused {
        try {
            return call.answer();
        } catch (Refused e) {
            session.failed(e);
            throw e;
        }
    }

    @Override
    public List<Credential> list() throws Refused {
        return ask(() -> new Credentials(session.now()).list());
    }

    @Override
    public void prepare(dev.custodian.client.Signing.Request request) throws Refused {
        var _ =
                ask(
                        () -> {
                            signing().prepare(request);
                            return true;
                        });
    }

    @Override
    public List<Bytes> sign(dev.custodian.client.Signing.Request request, FactorSource factors)
            throws Refused {
        return ask(() -> signing().sign(request, factors).signatures());
    }

    @Override
    public List<Bytes> sign(dev.custodian.client.Signing.Request request, Consent consent)
            throws Refused {
        return ask(() -> signing().sign(request, consent).signatures());
    }

    private dev.custodian.client.Signing signing() throws Refused {
        var met = session.now();
        return new dev.custodian.client.Signing(met, new Journal(met), random);
    }

    @Override
    public Consent grant(dev.custodian.client.Consents.Request request, FactorSource.Given given)
            throws Refused {
        return ask(() -> given().grant(request, _ -> given));
    }

    @Override
    public List<dev.custodian.client.Consents.Listed> consents() throws Refused {
        return ask(() -> given().list());
    }

    @Override
    public void forget(Id consent) throws Refused {
        var _ =
                ask(
                        () -> {
                            given().forget(consent);
                            return true;
                        });
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
