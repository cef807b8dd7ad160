package dev.custodian.server.oauth;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.custodian.core.Bytes;
import dev.custodian.server.FuzzedJws;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.CallRefused;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

/// Whatever stands in an assertion or a proof, it is read or refused, and nobody's signature is
/// made up.
class JwtFuzzTest {
    private static final URI TARGET = URI.create("https://localhost/oauth2/token");
    private static final Clock CLOCK =
            Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);
    private static final DpopProofs PROOFS =
            new DpopProofs(new DpopNonces(CLOCK, _ -> Bytes.of(new byte[32])), CLOCK);

    @FuzzTest
    void assertionIsReadOrNone(byte[] input) {
        var assertion = DeviceAssertion.read(FuzzedJws.of(input), TARGET, CLOCK.instant());
        if (assertion != null && !assertion.expires().isAfter(CLOCK.instant())) {
            throw new AssertionError(assertion);
        }
    }

    @FuzzTest
    void proofIsRefused(byte[] input) throws Exception {
        var call =
                Call.of("POST", "/oauth2/token", Bytes.EMPTY)
                        .withHeader("DPoP", FuzzedJws.of(input));
        try {
            PROOFS.check(call, TARGET, null);
        } catch (TokenRefused | CallRefused e) {
            return;
        }
        throw new AssertionError("believed without a signature");
    }
}
