package dev.custodian.it.device;

import dev.custodian.core.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A key of the simulated card.
///
/// @param algorithm the card's number for it
/// @param pinPolicy 1 never, 2 once, 3 always
record SimulatedKey(int algorithm, KeyPair keys, int pinPolicy, int touchPolicy) {
    static final int RSA_2048 = 0x07;
    static final int RSA_3072 = 0x05;
    static final int P256 = 0x11;
    static final int P384 = 0x14;
    static final int ED25519 = 0xe0;

    /// A new pair, null for a kind that the card does not have.
    static @Nullable KeyPair pair(int algorithm) throws GeneralSecurityException {
        return switch (algorithm) {
            case RSA_2048 -> rsa(2048);
            case RSA_3072 -> rsa(3072);
            case P256 -> ec("secp256r1");
            case P384 -> ec("secp384r1");
            case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            default -> null;
        };
    }

    private static KeyPair rsa(int bits) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    static KeyPair ec(String curve) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    /// As the card gives it, without the template around it.
    byte[] publicKey() {
        return switch (keys.getPublic()) {
            case RSAPublicKey rsa ->
                    Bytes.concat(
                                    Bytes.of(Ber.write(0x81, unsigned(rsa.getModulus()))),
                                    Bytes.of(Ber.write(0x82, unsigned(rsa.getPublicExponent()))))
                            .toArray();
            case ECPublicKey ec -> {
                int size = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
                yield Ber.write(
                        0x86,
                        new byte[] {4},
                        fixed(ec.getW().getAffineX(), size),
                        fixed(ec.getW().getAffineY(), size));
            }
            default -> {
                var encoded = keys.getPublic().getEncoded();
                yield Ber.write(
                        0x86, Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
            }
        };
    }

    private static byte[] unsigned(BigInteger number) {
        return fixed(number, (number.bitLength() + 7) / 8);
    }

    private static byte[] fixed(BigInteger number, int size) {
        var octets = number.toByteArray();
        var fixed = new byte[size];
        int length = Math.min(size, octets.length);
        System.arraycopy(octets, octets.length - length, fixed, size - length, length);
        return fixed;
    }

    /// The bare operation; null for an input of another length than the card wants.
    byte @Nullable [] operate(byte[] input) throws GeneralSecurityException {
        if (keys.getPrivate() instanceof RSAPrivateKey rsa) {
            int size = rsa.getModulus().bitLength() / 8;
            var number = new BigInteger(1, input);
            return input.length != size || number.compareTo(rsa.getModulus()) >= 0
                    ? null
                    : fixed(number.modPow(rsa.getPrivateExponent(), rsa.getModulus()), size);
        }
        boolean edwards = algorithm == ED25519;
        if (!edwards && input.length != (algorithm == P256 ? 32 : 48)) {
            return null;
        }
        var signer = Signature.getInstance(edwards ? "Ed25519" : "NONEwithECDSA");
        signer.initSign(keys.getPrivate());
        signer.update(input);
        return signer.sign();
    }
}
