package dev.custodian.server.vault;

import dev.custodian.core.Bytes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Secret;
import dev.custodian.core.SignatureScheme;
import dev.custodian.server.crypto.CryptoProvider;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import javax.crypto.Cipher;

/// Signatures over ready digests.
final class PrivateKeys {
    private final SecureRandom random;
    private final CryptoProvider provider;

    PrivateKeys(SecureRandom random) {
        this(random, CryptoProvider.fastest());
    }

    PrivateKeys(SecureRandom random, CryptoProvider provider) {
        this.random = random;
        this.provider = provider;
    }

    KeyPair generate(KeyAlgorithm algorithm) throws GeneralSecurityException {
        return switch (algorithm.family()) {
            case RSA -> {
                var generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(
                        new RSAKeyGenParameterSpec(algorithm.bits(), RSAKeyGenParameterSpec.F4),
                        random);
                yield generator.generateKeyPair();
            }
            case EC -> {
                var generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec(algorithm.jcaCurve()), random);
                yield generator.generateKeyPair();
            }
        };
    }

    PrivateKey parse(KeyAlgorithm algorithm, Secret pkcs8) throws GeneralSecurityException {
        return provider.keys(algorithm.family().name())
                .generatePrivate(new PKCS8EncodedKeySpec(pkcs8.expose()));
    }

    /// Signs one digest. RSA gives a block as long as the modulus, ECDSA the DER of (r, s).
    Bytes sign(PrivateKey key, SignatureScheme how, Bytes digest) throws GeneralSecurityException {
        var scheme = how.scheme();
        if (digest.size() != scheme.hash().length()) {
            throw new GeneralSecurityException("the digest is not as long as its hash");
        }
        return switch (scheme.family()) {
            case EC -> plain("NONEwithECDSA", key, digest);
            case RSA ->
                    scheme.isPss()
                            ? pss(key, how, digest)
                            : plain(
                                    "NONEwithRSA",
                                    key,
                                    Bytes.concat(scheme.hash().digestInfoPrefix(), digest));
        };
    }

    private Bytes plain(String algorithm, PrivateKey key, Bytes input)
            throws GeneralSecurityException {
        var signature = provider.signature(algorithm);
        signature.initSign(key, random);
        signature.update(input.toArray());
        return Bytes.of(signature.sign());
    }

    /// No provider signs a ready digest with PSS, so the encoding is ours and the block goes
    /// through plain RSA.
    private Bytes pss(PrivateKey key, SignatureScheme how, Bytes digest)
            throws GeneralSecurityException {
        if (!(key instanceof RSAKey rsa)) {
            throw new GeneralSecurityException("PSS needs an RSA key");
        }
        var salt = new byte[how.saltLength()];
        random.nextBytes(salt);
        int bits = rsa.getModulus().bitLength();
        var encoded = EmsaPss.encode(how.scheme().hash(), digest.toArray(), salt, bits - 1);
        var cipher = provider.plainRsa();
        cipher.init(Cipher.ENCRYPT_MODE, key, random);
        return Bytes.of(cipher.doFinal(encoded));
    }
}
