package dev.custodian.agent.signing;

import dev.custodian.client.FactorSource;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Signs with the keys that the test has, for the right PIN.
public final class FakeServer implements Server {
    /// What was signed.
    public final List<dev.custodian.client.Signing.Request> signed = new CopyOnWriteArrayList<>();

    private final List<TestCredentials> credentials;

    public FakeServer(TestCredentials... credentials) {
        this.credentials = List.of(credentials);
    }

    @Override
    public List<Bytes> sign(dev.custodian.client.Signing.Request request, FactorSource factors)
            throws Refused {
        try (var given = factors.ask(request)) {
            if (!Arrays.equals(given.pin().expose(), "2749".getBytes(StandardCharsets.UTF_8))) {
                throw new Refused(FailureKind.FACTORS_REFUSED);
            }
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
    }
}
