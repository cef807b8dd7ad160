package dev.custodian.server.activation;

import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Hkdf;
import dev.custodian.server.store.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/// Keyed hashes by which a TPM or card is known again, and each key that vouches for it: to whoever
/// lacks the vault they tell nothing. They are under a pepper, since they can be made anew by
/// nobody when the vault's keys change.
final class Marks implements AutoCloseable {
    /// Octets of one.
    static final int SIZE = 32;

    private static final byte[] LABEL =
            "custodian/device-marks/1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VOUCHER =
            "custodian/voucher/1\0".getBytes(StandardCharsets.US_ASCII);

    private final Secret key;

    private Marks(Secret key) {
        this.key = key;
    }

    /// Those under the pepper of this number.
    static Marks under(Peppers peppers, Reader reader, long number) throws Refused {
        try (var pepper = peppers.open(reader, number)) {
            return new Marks(Secret.owning(Hkdf.hmac(pepper.expose(), LABEL)));
        }
    }

    /// What the device itself is marked with.
    Secret key() {
        return key;
    }

    /// Those of keys, one after the other.
    ///
    /// @param keys SubjectPublicKeyInfo
    Bytes vouchers(Collection<Bytes> keys) {
        return Bytes.concat(keys.stream().map(this::voucher).toArray(Bytes[]::new));
    }

    private Bytes voucher(Bytes spki) {
        return Bytes.of(Hkdf.hmac(key.expose(), VOUCHER, spki.toArray()));
    }

    /// Whether one of these keys has this mark.
    boolean isOneOf(Collection<Bytes> keys, Bytes mark) {
        return keys.stream().anyMatch(one -> voucher(one).equals(mark));
    }

    /// Whether one of these keys has one of these marks.
    boolean meet(Collection<Bytes> keys, List<Bytes> marks) {
        return keys.stream().anyMatch(one -> marks.contains(voucher(one)));
    }

    @Override
    public void close() {
        key.close();
    }
}
