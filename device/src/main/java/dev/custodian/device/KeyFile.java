package dev.custodian.device;

import dev.custodian.core.Secret;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

/// A key pair as a file's content. P-256 is a [P256File]. Every other one is `type u8 | size u16 |
/// SubjectPublicKeyInfo | PKCS#8`, both in DER, where `type` is 2 for P-384, 3 and 4 for RSA-2048
/// and -3072, 5 for Ed25519, and the size that of the first.
record KeyFile(KeyType type, PrivateKey privateKey, PublicKey publicKey) {
    /// How such a file's name ends.
    static final String SUFFIX = ".p8";

    /// Most octets.
    static final int LONGEST = 4096;

    private static final int HEAD = 3;
    private static final int SEQUENCE = 0x30;
    private static final byte[] PROBE = new byte[32];

    static KeyPair generate(KeyType type) {
        try {
            KeyPairGenerator generator;
            switch (type) {
                case P256, P384 -> {
                    generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(
                            new ECGenParameterSpec(
                                    type == KeyType.P256 ? "secp256r1" : "secp384r1"));
                }
                case RSA_2048, RSA_3072 -> {
                    generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(type == KeyType.RSA_2048 ? 2048 : 3072);
                }
                case ED25519 -> generator = KeyPairGenerator.getInstance("Ed25519");
                default -> throw new AssertionError(type);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform of ours has " + type, e);
        }
    }

    private static int number(KeyType type) {
        return switch (type) {
            case P256 -> 1;
            case P384 -> 2;
            case RSA_2048 -> 3;
            case RSA_3072 -> 4;
            case ED25519 -> 5;
        };
    }

    private static String family(KeyType type) {
        return switch (type) {
            case P256, P384 -> "EC";
            case RSA_2048, RSA_3072 -> "RSA";
            case ED25519 -> "Ed25519";
        };
    }

    /// The caller closes it.
    static Secret encode(KeyType type, KeyPair pair) {
        if (type == KeyType.P256) {
            return P256File.encode(
                    (ECPrivateKey) pair.getPrivate(), (ECPublicKey) pair.getPublic());
        }
        var open = pair.getPublic().getEncoded();
        var hidden = pair.getPrivate().getEncoded();
        try {
            return Secret.owning(
                    ByteBuffer.allocate(HEAD + open.length + hidden.length)
                            .put((byte) number(type))
                            .putShort((short) open.length)
                            .put(open)
                            .put(hidden)
                            .array());
        } finally {
            Arrays.fill(hidden, (byte) 0);
        }
    }

    static KeyFile decode(Secret file) throws GeneralSecurityException {
        return file.size() > 0 && file.expose()[0] == SEQUENCE
                ? decodeP256(file)
                : decodeOther(file.expose());
    }

    static KeyFile decodeP256(Secret file) throws GeneralSecurityException {
        return paired(
                new KeyFile(KeyType.P256, P256File.privateKey(file), P256File.publicKey(file)));
    }

    private static KeyFile decodeOther(byte[] octets) throws GeneralSecurityException {
        if (octets.length <= HEAD || octets.length > LONGEST) {
            throw new InvalidKeyException("no key pair");
        }
        var type = type(octets[0]);
        int end = HEAD + Short.toUnsignedInt(ByteBuffer.wrap(octets).getShort(1));
        if (end >= octets.length) {
            throw new InvalidKeyException("no key pair");
        }
        var open = Arrays.copyOfRange(octets, HEAD, end);
        var hidden = Arrays.copyOfRange(octets, end, octets.length);
        try {
            var factory = KeyFactory.getInstance(family(type));
            var publicKey = factory.generatePublic(new X509EncodedKeySpec(open));
            var privateKey = factory.generatePrivate(new PKCS8EncodedKeySpec(hidden));
            if (!Arrays.equals(publicKey.getEncoded(), open) || !fits(type, publicKey)) {
                throw new InvalidKeyException("another key than it says");
            }
            return paired(new KeyFile(type, privateKey, publicKey));
        } finally {
            Arrays.fill(hidden, (byte) 0);
        }
    }

    private static KeyType type(byte number) throws InvalidKeyException {
        for (var type : KeyType.values()) {
            if (type != KeyType.P256 && number(type) == number) {
                return type;
            }
        }
        throw new InvalidKeyException("no type of key");
    }

    private static boolean fits(KeyType type, Key key) {
        return switch (key) {
            case ECKey ec ->
                    type == KeyType.P384
                            && ec.getParams().getCurve().getField().getFieldSize() == 384;
            case RSAKey rsa ->
                    (type == KeyType.RSA_2048 || type == KeyType.RSA_3072)
                            && rsa.getModulus().bitLength()
                                    == (type == KeyType.RSA_2048 ? 2048 : 3072);
            default -> type == KeyType.ED25519;
        };
    }

    /// A damaged file is found here and not by a server that refuses the device.
    private static KeyFile paired(KeyFile file) throws GeneralSecurityException {
        var algorithm =
                switch (file.type) {
                    case P256, P384 -> "SHA256withECDSA";
                    case RSA_2048, RSA_3072 -> "SHA256withRSA";
                    case ED25519 -> "Ed25519";
                };
        if (!isPair(algorithm, file)) {
            throw new InvalidKeyException("the halves do not belong together");
        }
        return file;
    }

    private static boolean isPair(String algorithm, KeyFile file) throws GeneralSecurityException {
        var signature = Signature.getInstance(algorithm);
        try {
            signature.initSign(file.privateKey);
            signature.update(PROBE);
            var made = signature.sign();
            signature.initVerify(file.publicKey);
            signature.update(PROBE);
            return signature.verify(made);
        } catch (ArithmeticException | ProviderException e) {
            // what the JDK says of numbers that are no key
            return false;
        }
    }

    @Override
    public String toString() {
        return "KeyFile of " + type;
    }
}
