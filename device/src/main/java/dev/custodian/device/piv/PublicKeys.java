package dev.custodian.device.piv;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.publickey.PublicNumbers;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;

/// Public keys as cards write them (SP 800-73-4 Part 2 §3.3.2).
final class PublicKeys {
    private static final int MODULUS = 0x81;
    private static final int EXPONENT = 0x82;
    private static final int POINT = 0x86;
    private static final int UNCOMPRESSED = 0x04;

    /// SubjectPublicKeyInfo of Ed25519 (RFC 8410 §4) but for the key.
    private static final Bytes ED25519 = Bytes.fromHex("302a300506032b6570032100");

    private PublicKeys() {}

    static PublicKey read(PivAlgorithm algorithm, Bytes octets) throws MalformedException {
        var in = new Tlv(octets);
        try {
            var key =
                    switch (algorithm) {
                        case RSA_2048, RSA_3072 ->
                                PublicNumbers.rsa(
                                        kind(algorithm),
                                        number(in.element(MODULUS)),
                                        number(in.element(EXPONENT)));
                        case P256, P384 -> point(algorithm, in.element(POINT));
                        case ED25519 -> edwards(in.element(POINT));
                    };
            in.done();
            return key;
        } catch (GeneralSecurityException e) {
            throw new MalformedException("numbers that are no public key");
        }
    }

    private static KeyAlgorithm kind(PivAlgorithm algorithm) throws MalformedException {
        return algorithm
                .algorithm()
                .orElseThrow(() -> new MalformedException("a key of another kind"));
    }

    private static PublicKey point(PivAlgorithm algorithm, Bytes octets) throws MalformedException {
        int size = algorithm.octets();
        if (octets.size() != 1 + 2 * size || octets.at(0) != UNCOMPRESSED) {
            throw new MalformedException("a point of another form");
        }
        return PublicNumbers.point(
                kind(algorithm),
                number(octets.slice(1, 1 + size)),
                number(octets.slice(1 + size, octets.size())));
    }

    private static PublicKey edwards(Bytes octets)
            throws GeneralSecurityException, MalformedException {
        if (octets.size() != 32) {
            throw new MalformedException("a point of another form");
        }
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(Bytes.concat(ED25519, octets).toArray()));
    }

    static BigInteger number(Bytes octets) {
        return new BigInteger(1, octets.toArray());
    }
}
