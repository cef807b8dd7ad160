package dev.custodian.agent.ssh;

import dev.custodian.agent.signing.EcdsaSignature;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import dev.custodian.core.Scheme;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;

/// Public keys and signatures of ours as ssh writes them (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8332).
final class SshKey {
    private static final int RSA_SHA2_256 = 2;
    private static final int RSA_SHA2_512 = 4;

    private SshKey() {}

    static Bytes encode(KeyAlgorithm algorithm, PublicKey key) throws Refused {
        var writer = new SshWriter().string(algorithm.sshKey());
        return switch (key) {
            case RSAPublicKey rsa ->
                    writer.mpint(rsa.getPublicExponent()).mpint(rsa.getModulus()).done();
            case ECPublicKey ec -> {
                int size = (algorithm.bits() + 7) / 8;
                var point =
                        Bytes.concat(
                                Bytes.of((byte) 4),
                                EcdsaSignature.fixed(ec.getW().getAffineX(), size),
                                EcdsaSignature.fixed(ec.getW().getAffineY(), size));
                yield writer.string("nistp" + algorithm.bits()).string(point).done();
            }
            default -> throw new Refused(FailureKind.SCHEME_REFUSED, "ssh has no such public key.");
        };
    }

    /// The scheme that the flags of a request mean; refused for `ssh-rsa`, which is SHA-1.
    static Scheme scheme(KeyAlgorithm algorithm, int flags) throws Refused {
        var wanted =
                switch (algorithm) {
                    case RSA_2048, RSA_3072, RSA_4096 ->
                            switch (flags) {
                                case RSA_SHA2_256 -> Scheme.RSA_PKCS1_SHA256;
                                case RSA_SHA2_512 -> Scheme.RSA_PKCS1_SHA512;
                                default -> null;
                            };
                    case P256 -> flags == 0 ? Scheme.ECDSA_SHA256 : null;
                    case P384 -> flags == 0 ? Scheme.ECDSA_SHA384 : null;
                    case P521 -> flags == 0 ? Scheme.ECDSA_SHA512 : null;
                };
        if (wanted == null) {
            throw new Refused(
                    FailureKind.SCHEME_REFUSED,
                    "ssh asks for a signature with SHA-1, or with flags that we do not know.");
        }
        return wanted;
    }

    /// A signature of the server as ssh writes it.
    static Bytes signature(Scheme scheme, Bytes signature) throws Refused {
        var blob =
                switch (scheme.family()) {
                    case RSA -> signature;
                    case EC -> {
                        var numbers = EcdsaSignature.ofDer(signature);
                        yield new SshWriter().mpint(numbers.r()).mpint(numbers.s()).done();
                    }
                };
        return new SshWriter().string(scheme.ssh()).string(blob).done();
    }

    /// As ssh shows keys: `SHA256:…`.
    static String fingerprint(Bytes blob) {
        return "SHA256:"
                + Base64.getEncoder()
                        .withoutPadding()
                        .encodeToString(Hashes.sha256(blob).toArray());
    }
}
