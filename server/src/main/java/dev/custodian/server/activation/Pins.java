package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Hkdf;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// P of FORMATS §4: HMAC(pepper, Argon2id(HMAC(pepper, PIN))). Argon2 sees a keyed value only, so
/// that what it leaves in memory is no PIN.
final class Pins {
    /// Octets of a salt.
    static final int SALT = 16;

    private static final int SIZE = 32;
    private static final int KIBIBYTES = 19 * 1024;
    private static final int PASSES = 2;

    private final int kibibytes;
    private final int passes;

    /// As many at once as there are processors: one costs as much as 100 RSA signatures.
    final Semaphore running = new Semaphore(Runtime.getRuntime().availableProcessors(), true);

    Pins() {
        this(KIBIBYTES, PASSES);
    }

    /// As cheap as a test wants it that is about something else.
    Pins(int kibibytes, int passes) {
        this.kibibytes = kibibytes;
        this.passes = passes;
    }

    Secret hash(Secret pepper, Secret pin, Bytes salt) {
        running.acquireUninterruptibly();
        try {
            // Takes so much memory that garbage is likely to be collected: before there are
            // secrets.
            var argon2 = new Argon2BytesGenerator();
            argon2.init(
                    new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                            .withSalt(salt.toArray())
                            .withMemoryAsKB(kibibytes)
                            .withIterations(passes)
                            .withParallelism(1)
                            .build());
            return Secret.owning(hash(argon2, pepper.expose(), pin));
        } finally {
            running.release();
        }
    }

    private static byte[] hash(Argon2BytesGenerator argon2, byte[] pepper, Secret pin) {
        var keyed = Hkdf.hmac(pepper, pin.expose());
        pin.rest();
        var stretched = new byte[SIZE];
        try {
            argon2.generateBytes(keyed, stretched);
            return Hkdf.hmac(pepper, stretched);
        } finally {
            Arrays.fill(keyed, (byte) 0);
            Arrays.fill(stretched, (byte) 0);
        }
    }
}
