package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Secret;
import dev.custodian.server.vault.pkcs11.Cryptoki;
import dev.custodian.server.vault.pkcs11.Mechanism;
import dev.custodian.server.vault.pkcs11.Template;
import dev.custodian.server.vault.pkcs11.TokenSession;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;

/// Pairs of keys that a token makes or takes in, in the words of the algorithm table.
final class TokenKeyPairs {
    private static final byte UNCOMPRESSED = 4;

    /// A new private key, by its handle, and its public half in DER.
    record Made(long privateKey, Bytes spki) {}

    private TokenKeyPairs() {}

    /// Makes a pair whose private key signs and does nothing else. The public key, which is kept
    /// outside, does not stay in the token.
    ///
    /// @param lasting attributes of the private key that say what becomes of it
    static Made generate(TokenSession session, KeyAlgorithm algorithm, Template lasting)
            throws GeneralSecurityException {
        var publicKey =
                Template.empty().with(Cryptoki.CKA_TOKEN, false).with(Cryptoki.CKA_VERIFY, true);
        var hidden = usable(lasting, algorithm);
        var pair =
                switch (algorithm.family()) {
                    case RSA ->
                            session.generateKeyPair(
                                    Mechanism.of(Cryptoki.CKM_RSA_PKCS_KEY_PAIR_GEN),
                                    publicKey
                                            .with(
                                                    Cryptoki.CKA_MODULUS_BITS,
                                                    (long) algorithm.bits())
                                            .with(
                                                    Cryptoki.CKA_PUBLIC_EXPONENT,
                                                    RSAKeyGenParameterSpec.F4.toByteArray()),
                                    hidden);
                    case EC ->
                            session.generateKeyPair(
                                    Mechanism.of(Cryptoki.CKM_EC_KEY_PAIR_GEN),
                                    publicKey.with(Cryptoki.CKA_EC_PARAMS, curve(algorithm)),
                                    hidden);
                };
        var spki = spki(session, algorithm, pair.publicKey());
        session.destroy(pair.publicKey());
        return new Made(pair.privateKey(), spki);
    }

    /// Takes in a private key that was made elsewhere.
    ///
    /// @param lasting attributes of the private key that say what becomes of it
    static Made take(
            TokenSession session,
            KeyAlgorithm algorithm,
            PrivateKey key,
            Bytes spki,
            Template lasting)
            throws GeneralSecurityException {
        var secrets = new ArrayList<Secret>();
        try {
            var known =
                    usable(lasting, algorithm)
                            .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_PRIVATE_KEY)
                            .with(Cryptoki.CKA_KEY_TYPE, (long) algorithm.ckk());
            var template =
                    switch (key) {
                        case RSAPrivateCrtKey rsa -> values(known, rsa, secrets);
                        case ECPrivateKey ec ->
                                known.with(Cryptoki.CKA_EC_PARAMS, curve(algorithm))
                                        .with(
                                                Cryptoki.CKA_VALUE,
                                                secret(
                                                        ec.getS(),
                                                        (algorithm.bits() + 7) / 8,
                                                        secrets));
                        default -> throw new GeneralSecurityException("another kind of key");
                    };
            return new Made(session.create(template), spki);
        } finally {
            secrets.forEach(Secret::close);
        }
    }

    private static Template values(Template known, RSAPrivateCrtKey rsa, List<Secret> secrets) {
        int size = (rsa.getModulus().bitLength() + 7) / 8;
        int half = (size + 1) / 2;
        return known.with(Cryptoki.CKA_MODULUS, unsigned(rsa.getModulus(), size))
                .with(Cryptoki.CKA_PUBLIC_EXPONENT, rsa.getPublicExponent().toByteArray())
                .with(
                        Cryptoki.CKA_PRIVATE_EXPONENT,
                        secret(rsa.getPrivateExponent(), size, secrets))
                .with(Cryptoki.CKA_PRIME_1, secret(rsa.getPrimeP(), half, secrets))
                .with(Cryptoki.CKA_PRIME_2, secret(rsa.getPrimeQ(), half, secrets))
                .with(Cryptoki.CKA_EXPONENT_1, secret(rsa.getPrimeExponentP(), half, secrets))
                .with(Cryptoki.CKA_EXPONENT_2, secret(rsa.getPrimeExponentQ(), half, secrets))
                .with(Cryptoki.CKA_COEFFICIENT, secret(rsa.getCrtCoefficient(), half, secrets));
    }

    private static Secret secret(BigInteger number, int size, List<Secret> secrets) {
        var secret = Secret.owning(unsigned(number, size));
        secrets.add(secret);
        return secret;
    }

    /// Big-endian without a sign, at least `size` octets.
    private static byte[] unsigned(BigInteger number, int size) {
        var signed = number.toByteArray();
        int from = signed[0] == 0 ? 1 : 0;
        int length = signed.length - from;
        var octets = new byte[Math.max(size, length)];
        System.arraycopy(signed, from, octets, octets.length - length, length);
        Arrays.fill(signed, (byte) 0);
        return octets;
    }

    /// Adds what a private key may do to its other attributes: sign.
    private static Template usable(Template attributes, KeyAlgorithm algorithm) {
        var signing =
                attributes
                        .with(Cryptoki.CKA_PRIVATE, true)
                        .with(Cryptoki.CKA_SENSITIVE, true)
                        .with(Cryptoki.CKA_SIGN, true);
        return switch (algorithm.family()) {
            case RSA -> signing.with(Cryptoki.CKA_DECRYPT, false).with(Cryptoki.CKA_UNWRAP, false);
            case EC -> signing.with(Cryptoki.CKA_DERIVE, false);
        };
    }

    /// What a wrapped key is to be when it comes back: of this session, and to stay inside.
    static Template unwrapped(KeyAlgorithm algorithm) {
        return usable(
                Template.empty()
                        .with(Cryptoki.CKA_CLASS, Cryptoki.CKO_PRIVATE_KEY)
                        .with(Cryptoki.CKA_KEY_TYPE, (long) algorithm.ckk())
                        .with(Cryptoki.CKA_TOKEN, false)
                        .with(Cryptoki.CKA_EXTRACTABLE, false),
                algorithm);
    }

    private static byte[] curve(KeyAlgorithm algorithm) throws GeneralSecurityException {
        try {
            return new ASN1ObjectIdentifier(algorithm.curveOid()).getEncoded();
        } catch (IOException e) {
            throw new GeneralSecurityException("the curve cannot be encoded", e);
        }
    }

    private static Bytes spki(TokenSession session, KeyAlgorithm algorithm, long publicKey)
            throws GeneralSecurityException {
        var keys = KeyFactory.getInstance(algorithm.family().name());
        var made =
                switch (algorithm.family()) {
                    case RSA -> {
                        var modulus =
                                new BigInteger(1, session.get(publicKey, Cryptoki.CKA_MODULUS));
                        var exponent =
                                new BigInteger(
                                        1, session.get(publicKey, Cryptoki.CKA_PUBLIC_EXPONENT));
                        if (modulus.bitLength() != algorithm.bits()
                                || !exponent.equals(RSAKeyGenParameterSpec.F4)) {
                            throw new GeneralSecurityException("the HSM made another kind of key");
                        }
                        yield keys.generatePublic(new RSAPublicKeySpec(modulus, exponent));
                    }
                    case EC ->
                            keys.generatePublic(
                                    point(
                                            algorithm,
                                            session.get(publicKey, Cryptoki.CKA_EC_POINT)));
                };
        return Bytes.of(made.getEncoded());
    }

    /// The point, which the standard has in an OCTET STRING and some modules bare.
    private static ECPublicKeySpec point(KeyAlgorithm algorithm, byte[] attribute)
            throws GeneralSecurityException {
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(algorithm.jcaCurve()));
        int size = (algorithm.bits() + 7) / 8;
        var point = attribute.length == 1 + 2 * size ? attribute : octets(attribute);
        if (point.length != 1 + 2 * size || point[0] != UNCOMPRESSED) {
            throw new GeneralSecurityException("the HSM made another kind of key");
        }
        return new ECPublicKeySpec(
                new ECPoint(
                        new BigInteger(1, Arrays.copyOfRange(point, 1, 1 + size)),
                        new BigInteger(1, Arrays.copyOfRange(point, 1 + size, 1 + 2 * size))),
                parameters.getParameterSpec(ECParameterSpec.class));
    }

    private static byte[] octets(byte[] der) throws GeneralSecurityException {
        try {
            return ASN1OctetString.getInstance(der).getOctets();
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("the HSM gave no point", e);
        }
    }
}
