package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Hkdf;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// What a vault's keys are derived from when they are to be made a second time: 32 random octets,
/// which are nowhere but in the shares.
final class KeySeed implements AutoCloseable {
    static final int SIZE = 32;

    private static final Bytes WRAPPING = Bytes.utf8("custodian/vault/shared/wrapping-key/1");
    private static final Bytes ROOT = Bytes.utf8("custodian/vault/shared/root-key/1");

    private final Secret seed;

    private KeySeed(Secret seed) {
        this.seed = seed;
    }

    static KeySeed random(SecureRandom random) {
        var octets = new byte[SIZE];
        random.nextBytes(octets);
        return new KeySeed(Secret.owning(octets));
    }

    /// From shares of the same set, as many as are needed, each once.
    static KeySeed of(List<Share> shares) {
        var values = shares.stream().map(Share::value).toList();
        try {
            return new KeySeed(Shamir.join(shares.stream().map(Share::number).toList(), values));
        } finally {
            values.forEach(Secret::close);
        }
    }

    /// @param keyId CKA_ID of the wrapping key, in hexadecimal
    List<Share> shares(String keyId, Split split, SecureRandom random) {
        var values = Shamir.split(seed, split.least(), split.count(), random);
        try {
            var shares = new ArrayList<Share>();
            for (int i = 0; i < values.size(); i++) {
                shares.add(Share.of(keyId, split, i + 1, values.get(i)));
            }
            return shares;
        } finally {
            values.forEach(Secret::close);
        }
    }

    /// The value of the wrapping key, AES-256.
    Secret wrapping() {
        return Hkdf.derive(seed, WRAPPING);
    }

    /// The value of the key that the server's own secrets come from.
    Secret root() {
        return Hkdf.derive(seed, ROOT);
    }

    @Override
    public void close() {
        seed.close();
    }
}
