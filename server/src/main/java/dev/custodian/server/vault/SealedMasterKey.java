package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Aead;
import dev.custodian.core.hpke.Hkdf;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// A master key under a passphrase, as it is in its file: `"CUSTODIAN-MASTER-KEY" | version 1 |
/// salt 16 | AES-256-GCM`, 97 octets, with what stands before as the associated data. The key over
/// it is Argon2id (RFC 9106 §4, the second recommended choice: 64 MiB, 3 passes, 4 lanes) of
/// HMAC(salt, passphrase), so that what Argon2 leaves in memory is no passphrase. Another cost
/// would be another version: nothing in the file says how much memory opening it takes.
final class SealedMasterKey {
    private static final Bytes HEAD =
            Bytes.concat(Bytes.utf8("CUSTODIAN-MASTER-KEY"), Bytes.of(new byte[] {1}));
    private static final int KEY = 32;
    private static final int SALT = 16;
    private static final int IV_AND_TAG = 12 + 16;
    private static final int KIBIBYTES = 64 * 1024;
    private static final int PASSES = 3;
    private static final int LANES = 4;

    /// Octets of such a file.
    static final int SIZE = HEAD.size() + SALT + IV_AND_TAG + KEY;

    private SealedMasterKey() {}

    static boolean isOne(Secret file) {
        return file.size() == SIZE && Bytes.of(file.expose()).slice(0, HEAD.size()).equals(HEAD);
    }

    static Bytes seal(Secret key, Secret passphrase, SecureRandom random) {
        var salt = new byte[SALT];
        random.nextBytes(salt);
        var head = Bytes.concat(HEAD, Bytes.of(salt));
        try (var under = stretched(passphrase, salt)) {
            return Bytes.concat(head, Aead.seal(under, head, key.expose(), random));
        }
    }

    /// Errors alike for another passphrase and for a file that was changed.
    static Secret open(Secret content, Secret passphrase) throws GeneralSecurityException {
        var file = Bytes.of(content.expose());
        var head = file.slice(0, HEAD.size() + SALT);
        var salt = head.slice(HEAD.size(), head.size()).toArray();
        try (var under = stretched(passphrase, salt)) {
            return Aead.open(under, head, file.slice(head.size(), file.size()));
        }
    }

    private static Secret stretched(Secret passphrase, byte[] salt) {
        var argon2 = new Argon2BytesGenerator();
        argon2.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withSalt(salt)
                        .withMemoryAsKB(KIBIBYTES)
                        .withIterations(PASSES)
                        .withParallelism(LANES)
                        .build());
        var keyed = Hkdf.hmac(salt, passphrase.expose());
        passphrase.rest();
        var stretched = new byte[KEY];
        try {
            argon2.generateBytes(keyed, stretched);
            return Secret.owning(stretched);
        } finally {
            Arrays.fill(keyed, (byte) 0);
        }
    }
}
