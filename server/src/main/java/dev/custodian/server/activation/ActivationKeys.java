package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.hpke.X25519;
import dev.custodian.core.identity.IdentityStatement.ActivationKey;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;

/// The keys that `SEALED` is sealed to (FORMATS §2): made at start and each day, two generations
/// kept, in memory only.
public final class ActivationKeys {
    private static final Duration LIFE = Duration.ofDays(1);

    private record Generation(Bytes id, PrivateKey key, Bytes publicKey, Instant made) {}

    private final Clock clock;
    private final SecureRandom random;
    private final ArrayDeque<Generation> generations = new ArrayDeque<>();

    public ActivationKeys(Clock clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    /// The key to seal to now.
    public synchronized ActivationKey current() {
        var now = clock.instant();
        if (generations.isEmpty() || !generations.getFirst().made.plus(LIFE).isAfter(now)) {
            generations.addFirst(make(now));
            while (generations.size() > 2) {
                generations.removeLast();
            }
        }
        var newest = generations.getFirst();
        return new ActivationKey(newest.id, newest.publicKey);
    }

    /// Opens `SEALED` for the intent with this hash; a wrong one is a wrong factor.
    Factors open(Sealed sealed, Bytes intentHash) throws Refused {
        var key = privateKey(sealed.keyId());
        try {
            return sealed.open(key, intentHash);
        } catch (GeneralSecurityException | MalformedException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }

    /// The private half of the key with this id, if it is still kept.
    synchronized PrivateKey privateKey(Bytes id) throws Refused {
        for (var generation : generations) {
            if (generation.id.equals(id)) {
                return generation.key;
            }
        }
        throw new Refused(FailureKind.ACTIVATION_KEY_GONE);
    }

    private Generation make(Instant now) {
        try {
            var generator = KeyPairGenerator.getInstance("X25519");
            generator.initialize(255, random);
            var pair = generator.generateKeyPair();
            var id = new byte[Sealed.KEY_ID];
            random.nextBytes(id);
            return new Generation(
                    Bytes.of(id), pair.getPrivate(), X25519.octets(pair.getPublic()), now);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has X25519", e);
        }
    }
}
