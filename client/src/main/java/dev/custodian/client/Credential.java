package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.Custody;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Origin;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A credential as the server describes it (CSC `credentials/info`).
///
/// @param description free text by the server
/// @param key of one that has no certificate, as the server tells it; null when it has one, or the
///   server tells none
/// @param chain its certificate and those above it, end entity first; empty before it is certified
/// @param enabled whether the server lets it sign
/// @param multisign most signatures that one approval may cover
/// @param custody `MANAGED` unless the server says otherwise: the weaker promise is the one to
///   assume
/// @param origin where its key was made; `EMBEDDED` unless the server says otherwise, as servers
///   that say nothing made it
public record Credential(
        Id id,
        String description,
        KeyAlgorithm algorithm,
        @Nullable PublicKey key,
        List<X509Certificate> chain,
        boolean enabled,
        int multisign,
        Purpose purpose,
        Custody custody,
        Origin origin) {
    private static final int LONGEST_CHAIN = 16;

    public Credential {
        chain = List.copyOf(chain);
    }

    /// The end entity's certificate; refused when the credential has none yet.
    public X509Certificate certificate() throws Refused {
        if (chain.isEmpty()) {
            throw new Refused(FailureKind.CREDENTIAL_DISABLED);
        }
        return chain.getFirst();
    }

    /// The key that checks its signatures: that of its certificate if it has one. Refused when
    /// neither is known.
    public PublicKey publicKey() throws Refused {
        return key == null ? certificate().getPublicKey() : key;
    }

    static Credential of(Id id, Part info) throws Refused {
        var key = info.inner("key");
        var ours = info.inner("custodian");
        var cert = info.inner("cert");
        var chain = chain(cert);
        try {
            var algorithm = algorithm(key);
            var bare = chain.isEmpty() && ours.has("spki") ? key(algorithm, ours) : null;
            var used = chain.isEmpty() ? bare : chain.getFirst().getPublicKey();
            if (used != null && !isOf(algorithm, used)) {
                throw new Refused(
                        FailureKind.PROTOCOL_BROKEN,
                        "The key of " + id + " is another kind of key than the server says.");
            }
            return new Credential(
                    id,
                    Answer.clean(info.textOrEmpty("description")),
                    algorithm,
                    bare,
                    chain,
                    !key.textOrEmpty("status").equals("disabled"),
                    Math.clamp(info.numberOr("multisign", 1), 1, Integer.MAX_VALUE),
                    ours.has("purpose") ? Purpose.parse(ours.text("purpose")) : Purpose.DOCUMENT,
                    ours.has("custody") ? Custody.parse(ours.text("custody")) : Custody.MANAGED,
                    ours.has("origin") ? Origin.parse(ours.text("origin")) : Origin.EMBEDDED);
        } catch (MalformedException e) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN,
                    "The credential " + id + " is " + e.getMessage() + ".");
        }
    }

    private static KeyAlgorithm algorithm(Part key) throws MalformedException, Refused {
        var curve = key.textOrEmpty("curve");
        long bits = curve.isEmpty() ? key.number("len") : 0;
        for (var algorithm : KeyAlgorithm.values()) {
            if (curve.isEmpty()
                    ? algorithm.family() == KeyAlgorithm.Family.RSA && algorithm.bits() == bits
                    : algorithm.curveOid().equals(curve)) {
                return algorithm;
            }
        }
        throw new MalformedException("of a kind that we do not know");
    }

    private static PublicKey key(KeyAlgorithm algorithm, Part ours) throws Refused {
        try {
            var octets = ours.bytes("spki");
            var jca = algorithm.family() == KeyAlgorithm.Family.RSA ? "RSA" : "EC";
            var key =
                    KeyFactory.getInstance(jca)
                            .generatePublic(new X509EncodedKeySpec(octets.toArray()));
            // The journal names the hash of its one encoding.
            if (!Bytes.of(key.getEncoded()).equals(octets)) {
                throw ours.broken("spki", "a public key in DER");
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw ours.broken("spki", "a public key in DER");
        }
    }

    private static boolean isOf(KeyAlgorithm algorithm, PublicKey key) {
        return switch (algorithm.family()) {
            case RSA ->
                    key instanceof RSAPublicKey rsa
                            && rsa.getModulus().bitLength() == algorithm.bits();
            case EC ->
                    key instanceof ECPublicKey ec
                            && ec.getParams().getCurve().getField().getFieldSize()
                                    == algorithm.bits();
        };
    }

    private static List<X509Certificate> chain(Part cert) throws Refused {
        var chain = new ArrayList<X509Certificate>();
        if (!cert.has("certificates")) {
            return chain;
        }
        for (Bytes der : cert.cscList("certificates")) {
            try {
                var in = new ByteArrayInputStream(der.toArray());
                chain.add(
                        (X509Certificate)
                                CertificateFactory.getInstance("X.509").generateCertificate(in));
                if (in.available() > 0) {
                    throw cert.broken("certificates", "a list of certificates");
                }
            } catch (CertificateException e) {
                throw cert.broken("certificates", "a list of certificates");
            }
        }
        if (chain.size() > LONGEST_CHAIN) {
            throw cert.broken(
                    "certificates", "a chain of at most " + LONGEST_CHAIN + " certificates");
        }
        return chain;
    }
}
