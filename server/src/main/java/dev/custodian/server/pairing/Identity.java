package dev.custodian.server.pairing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import dev.custodian.core.Bytes;
import dev.custodian.core.identity.IdentityStatement;
import dev.custodian.core.identity.IdentityStatement.ActivationKey;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;

/// The server's identity: what agents pin, and what vouches for the keys that may be renewed
/// (DESIGN §7).
public final class Identity implements Supplier<String> {
    /// How long a statement is good.
    static final Duration LIFE = Duration.ofHours(1);

    private static final JWSHeader HEADER =
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                    .type(new JOSEObjectType(IdentityStatement.TYPE))
                    .build();

    private final Bytes spki;
    private final ECDSASigner signer;
    private final List<Bytes> tls;
    private final Supplier<ActivationKey> activation;
    private final String journal;
    private final Supplier<String> base;
    private final Clock clock;
    private Instant made = Instant.MIN;
    private String statement = "";

    /// @param spki the identity key, DER
    /// @param key its private half, P-256
    /// @param tls H(SPKI) of each TLS key that may answer
    /// @param journal the journal's verifier key
    /// @param base base URL of the CSC API
    public Identity(
            Bytes spki,
            PrivateKey key,
            List<Bytes> tls,
            Supplier<ActivationKey> activation,
            String journal,
            Supplier<String> base,
            Clock clock) {
        this.spki = spki;
        this.tls = List.copyOf(tls);
        this.activation = activation;
        this.journal = journal;
        this.base = base;
        this.clock = clock;
        try {
            this.signer = new ECDSASigner((ECPrivateKey) key);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the identity key is not on P-256", e);
        }
    }

    /// The statement of now, a JWS; signed once a second at most.
    @Override
    public synchronized String get() {
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        if (!now.equals(made)) {
            statement = sign(now);
            made = now;
        }
        return statement;
    }

    private String sign(Instant now) {
        var said =
                new IdentityStatement(
                        spki, tls, activation.get(), journal, base.get(), now, now.plus(LIFE));
        var jws = new JWSObject(HEADER, new Payload(said.encode().toArray()));
        try {
            jws.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("the identity key does not sign", e);
        }
        return jws.serialize();
    }
}
