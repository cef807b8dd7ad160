package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.Hkdf;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.List;

/// An endorsement key that a trusted maker vouches for: whoever has it is that TPM. Made by
/// [TpmAttestation#endorsement] alone.
public final class Endorsement {
    private static final byte[] LABEL = "custodian/ek/1\0".getBytes(StandardCharsets.US_ASCII);

    private final PublicKey key;
    private final KeyAlgorithm algorithm;
    private final TpmMaker maker;
    private final Chain.Way way;

    Endorsement(PublicKey key, KeyAlgorithm algorithm, TpmMaker maker, Chain.Way way) {
        this.key = key;
        this.algorithm = algorithm;
        this.maker = maker;
        this.way = way;
    }

    PublicKey key() {
        return key;
    }

    public KeyAlgorithm algorithm() {
        return algorithm;
    }

    public TpmMaker maker() {
        return maker;
    }

    /// Where trust in it begins.
    public Authority root() {
        return way.root();
    }

    /// The keys that it stands on, as SubjectPublicKeyInfo: its own first, the root's last. Whoever
    /// judges again later looks whether one of them was withdrawn. They tell which TPM it is.
    public List<Bytes> vouchers() {
        return Chain.keys(way.below(), way.root());
    }

    /// What is kept of the EK: `HMAC-SHA256(serverKey, "custodian/ek/1" ‖ 00 ‖
    /// SubjectPublicKeyInfo)`. The same EK has the same mark on one server and, to whoever lacks
    /// the server's key, nothing to do with the EK or with its mark on another server.
    ///
    /// A TPM with EKs of two kinds has two marks.
    public Bytes mark(Secret serverKey) {
        return Bytes.of(Hkdf.hmac(serverKey.expose(), LABEL, key.getEncoded()));
    }

    /// Names no device.
    @Override
    public String toString() {
        return "an EK of " + maker;
    }
}
