package dev.custodian.device.piv;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Optional;

/// The kinds of keys that a card may have (SP 800-78-4 table 6-2); those after RSA-2048, P-256 and
/// P-384 are of Yubico's and not on each card.
public enum PivAlgorithm {
    RSA_2048(0x07, 2048),
    P256(0x11, 256),
    P384(0x14, 384),
    RSA_3072(0x05, 3072),
    ED25519(0xe0, 256);

    private final int number;
    private final int bits;

    PivAlgorithm(int number, int bits) {
        this.number = number;
        this.bits = bits;
    }

    static PivAlgorithm of(int number) throws MalformedException {
        for (var algorithm : values()) {
            if (algorithm.number == number) {
                return algorithm;
            }
        }
        throw new MalformedException("a kind of key that we do not use");
    }

    /// The kind that a public key is of.
    static PivAlgorithm of(PublicKey key) throws MalformedException {
        int bits =
                switch (key) {
                    case RSAPublicKey rsa -> rsa.getModulus().bitLength();
                    case ECPublicKey ec -> ec.getParams().getCurve().getField().getFieldSize();
                    default -> 256;
                };
        return Arrays.stream(values())
                .filter(one -> one.bits == bits && one.isFor(key))
                .findFirst()
                .orElseThrow(() -> new MalformedException("a kind of key that we do not use"));
    }

    private boolean isFor(PublicKey key) {
        return switch (this) {
            case RSA_2048, RSA_3072 -> key instanceof RSAPublicKey;
            case P256, P384 -> key instanceof ECPublicKey;
            case ED25519 ->
                    key instanceof EdECPublicKey edwards
                            && edwards.getParams()
                                    .getName()
                                    .equals(NamedParameterSpec.ED25519.getName());
        };
    }

    /// The kind that keys of this name on the link are of; empty when cards have none.
    public static Optional<PivAlgorithm> of(KeyAlgorithm algorithm) {
        return Arrays.stream(values())
                .filter(one -> one.algorithm().filter(algorithm::equals).isPresent())
                .findFirst();
    }

    /// Its name among our kinds of keys; empty for Ed25519.
    public Optional<KeyAlgorithm> algorithm() {
        return switch (this) {
            case RSA_2048 -> Optional.of(KeyAlgorithm.RSA_2048);
            case RSA_3072 -> Optional.of(KeyAlgorithm.RSA_3072);
            case P256 -> Optional.of(KeyAlgorithm.P256);
            case P384 -> Optional.of(KeyAlgorithm.P384);
            case ED25519 -> Optional.empty();
        };
    }

    int number() {
        return number;
    }

    /// Octets of the modulus or of a coordinate.
    int octets() {
        return bits / 8;
    }

    int bits() {
        return bits;
    }
}
