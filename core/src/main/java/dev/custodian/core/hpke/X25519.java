package dev.custodian.core.hpke;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;

/// X25519 keys (RFC 7748) as 32 octets, little-endian.
public final class X25519 {
    /// Octets of a public or private key.
    public static final int SIZE = 32;

    private X25519() {}

    /// The private key whose scalar is `scalar`; any 32 octets are one.
    public static PrivateKey privateKey(Secret scalar) {
        if (scalar.size() != SIZE) {
            throw new IllegalArgumentException("an X25519 key has 32 octets");
        }
        try {
            return KeyFactory.getInstance("X25519")
                    .generatePrivate(
                            new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar.expose()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("any 32 octets are an X25519 key", e);
        }
    }

    /// The public key that belongs to `key`: the scalar times the base point 9.
    public static Bytes publicOf(PrivateKey key) {
        try {
            var agreement = KeyAgreement.getInstance("X25519");
            agreement.init(key);
            var base = new byte[SIZE];
            base[0] = 9;
            agreement.doPhase(publicKey(Bytes.of(base)), true);
            return Bytes.of(agreement.generateSecret());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("the base point agrees with every scalar", e);
        }
    }

    /// Makes a public key of its 32 octets.
    public static PublicKey publicKey(Bytes octets) throws GeneralSecurityException {
        if (octets.size() != SIZE) {
            throw new java.security.InvalidKeyException("an X25519 key has 32 octets");
        }
        var bigEndian = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            bigEndian[i] = octets.at(SIZE - 1 - i);
        }
        bigEndian[0] &= 0x7f;
        return KeyFactory.getInstance("X25519")
                .generatePublic(
                        new XECPublicKeySpec(
                                NamedParameterSpec.X25519, new BigInteger(1, bigEndian)));
    }

    /// The 32 octets of a public key.
    public static Bytes octets(PublicKey key) {
        if (!(key instanceof XECPublicKey xec)) {
            throw new IllegalArgumentException("not an X25519 key");
        }
        var bigEndian = xec.getU().toByteArray();
        var octets = new byte[SIZE];
        for (int i = 0; i < SIZE && i < bigEndian.length; i++) {
            octets[i] = bigEndian[bigEndian.length - 1 - i];
        }
        return Bytes.of(octets);
    }
}
