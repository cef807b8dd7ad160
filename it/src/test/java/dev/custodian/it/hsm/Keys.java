package dev.custodian.it.hsm;

import static dev.custodian.server.vault.pkcs11.Cryptoki.*;

import dev.custodian.core.Bytes;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Pkcs11Failure;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.TokenSession;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;

/// Pairs of keys in a token, and their public halves for the JDK.
final class Keys {
    private static final byte[] P256 = Bytes.fromHex("06082a8648ce3d030107").toArray();
    private static final byte[] F4 = {1, 0, 1};

    private Keys() {}

    /// A private key that never leaves.
    static Template resident() {
        return Template.empty()
                .with(CKA_TOKEN, true)
                .with(CKA_PRIVATE, true)
                .with(CKA_SENSITIVE, true)
                .with(CKA_EXTRACTABLE, false)
                .with(CKA_SIGN, true);
    }

    /// A private key that leaves wrapped.
    static Template extractable() {
        return Template.empty()
                .with(CKA_TOKEN, false)
                .with(CKA_PRIVATE, true)
                .with(CKA_SENSITIVE, true)
                .with(CKA_EXTRACTABLE, true)
                .with(CKA_SIGN, true);
    }

    /// A private key as it comes back.
    static Template unwrapped(long type) {
        return Template.empty()
                .with(CKA_CLASS, CKO_PRIVATE_KEY)
                .with(CKA_KEY_TYPE, type)
                .with(CKA_TOKEN, false)
                .with(CKA_PRIVATE, true)
                .with(CKA_SENSITIVE, true)
                .with(CKA_EXTRACTABLE, false)
                .with(CKA_SIGN, true);
    }

    /// A wrapping key that never leaves.
    static Template wrapping() {
        return Template.empty()
                .with(CKA_CLASS, CKO_SECRET_KEY)
                .with(CKA_KEY_TYPE, CKK_AES)
                .with(CKA_VALUE_LEN, 32)
                .with(CKA_TOKEN, false)
                .with(CKA_SENSITIVE, true)
                .with(CKA_EXTRACTABLE, false)
                .with(CKA_WRAP, true)
                .with(CKA_UNWRAP, true);
    }

    static TokenSession.KeyPair rsa(TokenSession session, Template privateKey)
            throws Pkcs11Failure {
        return session.generateKeyPair(
                Mechanism.of(CKM_RSA_PKCS_KEY_PAIR_GEN),
                Template.empty()
                        .with(CKA_TOKEN, false)
                        .with(CKA_VERIFY, true)
                        .with(CKA_MODULUS_BITS, 2048)
                        .with(CKA_PUBLIC_EXPONENT, F4),
                privateKey);
    }

    static TokenSession.KeyPair ec(TokenSession session, Template privateKey) throws Pkcs11Failure {
        return session.generateKeyPair(
                Mechanism.of(CKM_EC_KEY_PAIR_GEN),
                Template.empty()
                        .with(CKA_TOKEN, false)
                        .with(CKA_VERIFY, true)
                        .with(CKA_EC_PARAMS, P256),
                privateKey);
    }

    static PublicKey rsaPublic(TokenSession session, long key) throws Exception {
        var modulus = new BigInteger(1, session.get(key, CKA_MODULUS));
        var exponent = new BigInteger(1, session.get(key, CKA_PUBLIC_EXPONENT));
        return KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(modulus, exponent));
    }

    /// CKA_EC_POINT is an OCTET STRING around the point: 04, length, 04, x, y.
    static ECPublicKey ecPublic(TokenSession session, long key) throws Exception {
        var point = session.get(key, CKA_EC_POINT);
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        return (ECPublicKey)
                KeyFactory.getInstance("EC")
                        .generatePublic(
                                new ECPublicKeySpec(
                                        new ECPoint(
                                                new BigInteger(1, Arrays.copyOfRange(point, 3, 35)),
                                                new BigInteger(
                                                        1, Arrays.copyOfRange(point, 35, 67))),
                                        parameters.getParameterSpec(ECParameterSpec.class)));
    }
}
