package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm.Family;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Which scheme `signAlgo`, `hashAlgorithmOID` and `signAlgoParams` mean together. What one of them
/// implies, another must not contradict.
final class SchemeChoice {
    private static final Bytes DER_NULL = Bytes.of((byte) 5, (byte) 0);

    private SchemeChoice() {}

    static SignatureScheme of(Parameters parameters) throws CscRefused {
        var signAlgo = parameters.text("signAlgo");
        var scheme =
                switch (signAlgo) {
                    case Scheme.RSASSA_PSS -> pss(parameters);
                    case Scheme.RSA_ENCRYPTION -> generic(parameters, Family.RSA);
                    case Scheme.EC_PUBLIC_KEY -> generic(parameters, Family.EC);
                    default -> combined(parameters, signAlgo);
                };
        var hash = hash(parameters);
        if (hash != null && hash != scheme.scheme().hash()) {
            throw CscRefused.malformed(
                    "String parameter hashAlgorithmOID contradicts with signAlgo parameter");
        }
        return scheme;
    }

    /// `hashAlgorithmOID`; null when it is absent.
    static @Nullable HashAlgorithm hash(Parameters parameters) throws CscRefused {
        var oid = parameters.textOrNull("hashAlgorithmOID");
        if (oid == null) {
            return null;
        }
        try {
            return HashAlgorithm.ofOid(oid);
        } catch (MalformedException e) {
            throw CscRefused.invalid("hashAlgorithmOID");
        }
    }

    private static SignatureScheme combined(Parameters parameters, String oid) throws CscRefused {
        var scheme =
                Arrays.stream(Scheme.values())
                        .filter(s -> s.combinedOid().equals(oid))
                        .findFirst()
                        .orElseThrow(() -> CscRefused.invalid("signAlgo"));
        requireNoParameters(parameters);
        return SignatureScheme.of(scheme);
    }

    private static SignatureScheme generic(Parameters parameters, Family family) throws CscRefused {
        var hash = hash(parameters);
        if (hash == null) {
            throw CscRefused.missing("string", "hashAlgorithmOID");
        }
        requireNoParameters(parameters);
        return SignatureScheme.of(Scheme.plain(family, hash));
    }

    private static SignatureScheme pss(Parameters parameters) throws CscRefused {
        var der = Base64Text.decode(parameters.text("signAlgoParams"));
        if (der == null) {
            throw CscRefused.invalid("signAlgoParams");
        }
        try {
            return PssParameters.parse(der);
        } catch (MalformedException e) {
            throw CscRefused.invalid("signAlgoParams");
        }
    }

    /// RFC 8017 A.2.4 and RFC 5758 §3.2 know NULL or nothing here.
    private static void requireNoParameters(Parameters parameters) throws CscRefused {
        var text = parameters.textOrNull("signAlgoParams");
        if (text != null) {
            var der = Base64Text.decode(text);
            if (der == null || !der.equals(DER_NULL)) {
                throw CscRefused.invalid("signAlgoParams");
            }
        }
    }
}
