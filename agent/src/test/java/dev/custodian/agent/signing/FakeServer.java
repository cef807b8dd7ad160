package dev.custodian.agent.signing;

import dev.custodian.client.Consent;
import dev.custodian.client.Consents;
import dev.custodian.client.FactorSource;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.ConsentSecret;
import dev.custodian.core.intent.Matter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// Signs with the keys that the test has, for the right PIN or under a consent.
public final class FakeServer implements Server {
    /// What was signed.
    public final List<dev.custodian.client.Signing.Request> signed = new CopyOnWriteArrayList<>();

    /// The consents that were given.
    public final List<Consent> given = new CopyOnWriteArrayList<>();

    /// Whether it cannot be reached.
    public volatile boolean away;

    public volatile Instant now = Instant.EPOCH;

    private final Map<Id, Integer> left = new HashMap<>();
    private final List<TestCredentials> credentials;

    public FakeServer(TestCredentials... credentials) {
        this.credentials = List.of(credentials);
    }

    @Override
    public void prepare(dev.custodian.client.Signing.Request request) throws Refused {
        if (away) {
            throw new Refused(FailureKind.SERVER_UNREACHABLE);
        }
    }

    @Override
    public List<Bytes> sign(dev.custodian.client.Signing.Request request, FactorSource factors)
            throws Refused {
        try (var factor = factors.ask(request)) {
            check(factor);
            return sign(request);
        }
    }

    private static void check(FactorSource.Given factor) throws Refused {
        if (!Arrays.equals(factor.pin().expose(), "2749".getBytes(StandardCharsets.UTF_8))) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }

    private List<Bytes> sign(dev.custodian.client.Signing.Request request) {
        var with =
                credentials.stream()
                        .filter(one -> one.credential().equals(request.credential()))
                        .findFirst()
                        .orElseThrow();
        signed.add(request);
        var signatures = new ArrayList<Bytes>();
        for (var digest : request.digests()) {
            signatures.add(with.sign(request.scheme(), digest.value()));
        }
        return signatures;
    }

    @Override
    public synchronized List<Bytes> sign(
            dev.custodian.client.Signing.Request request, Consent consent) throws Refused {
        // a wiped one cannot be used
        consent.secret().expose();
        var remaining = left.get(consent.id());
        if (remaining == null) {
            throw new Refused(FailureKind.CONSENT_REVOKED);
        }
        if (remaining < request.digests().size()) {
            throw new Refused(FailureKind.CONSENT_USED_UP);
        }
        left.put(consent.id(), remaining - request.digests().size());
        return sign(request);
    }

    @Override
    public synchronized Consent grant(Consents.Request request, FactorSource.Given factor)
            throws Refused {
        check(factor);
        var intent = Hashes.sha256(Bytes.u32(given.size()));
        var consent =
                new Consent(
                        ConsentSecret.id(intent),
                        new Matter.Consent(
                                request.credential().id(),
                                request.credential().purpose(),
                                request.count(),
                                request.until(),
                                request.subject()),
                        ConsentSecret.derive(Secret.owning(new byte[32]), intent));
        given.add(consent);
        left.put(consent.id(), request.count());
        return consent;
    }

    @Override
    public List<Consents.Listed> consents() {
        return given.stream()
                .filter(one -> left.containsKey(one.id()))
                .map(
                        one ->
                                new Consents.Listed(
                                        one.id(),
                                        one.terms().credential(),
                                        one.terms().purpose(),
                                        one.terms().subject(),
                                        one.terms().count(),
                                        left.getOrDefault(one.id(), 0),
                                        one.terms().until()))
                .toList();
    }

    @Override
    public synchronized void forget(Id consent) {
        left.remove(consent);
    }

    @Override
    public Instant now() {
        return now;
    }
}
