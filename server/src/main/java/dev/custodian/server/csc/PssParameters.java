package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/// `RSASSA-PSS-params` (RFC 8017 A.2.3), read strictly: DER, one hash for message and MGF1, trailer
/// 1, and exactly the salt length that is asked for.
final class PssParameters {
    private PssParameters() {}

    static SignatureScheme parse(Bytes der) throws MalformedException {
        RSASSAPSSparams params;
        try {
            params = RSASSAPSSparams.getInstance(ASN1Primitive.fromByteArray(der.toArray()));
            if (params == null || !Bytes.of(params.getEncoded("DER")).equals(der)) {
                throw new MalformedException("not DER");
            }
        } catch (IOException | RuntimeException e) {
            throw new MalformedException("not RSASSA-PSS-params");
        }
        var hash = hash(params.getHashAlgorithm());
        var mask = params.getMaskGenAlgorithm();
        if (!mask.getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)
                || maskHash(mask) != hash
                || !params.getTrailerField().equals(BigInteger.ONE)) {
            throw new MalformedException("another mask or trailer");
        }
        var salt = params.getSaltLength();
        if (salt.signum() < 0 || salt.compareTo(BigInteger.valueOf(SignatureScheme.MAX_SALT)) > 0) {
            throw new MalformedException("a salt length that fits no key");
        }
        return new SignatureScheme(Scheme.pss(hash), salt.intValueExact());
    }

    private static HashAlgorithm maskHash(AlgorithmIdentifier mask) throws MalformedException {
        try {
            return hash(AlgorithmIdentifier.getInstance(mask.getParameters()));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a mask without hash");
        }
    }

    /// RFC 4055 §2.1: parameters absent or NULL.
    private static HashAlgorithm hash(AlgorithmIdentifier algorithm) throws MalformedException {
        if (algorithm == null
                || (algorithm.getParameters() != null
                        && !DERNull.INSTANCE.equals(algorithm.getParameters()))) {
            throw new MalformedException("a hash with parameters");
        }
        return HashAlgorithm.ofOid(algorithm.getAlgorithm().getId());
    }
}
