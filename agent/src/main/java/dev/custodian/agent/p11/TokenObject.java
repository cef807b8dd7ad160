package dev.custodian.agent.p11;

import static dev.custodian.agent.p11.rpc.Cka.*;

import dev.custodian.agent.p11.rpc.Attribute;
import dev.custodian.agent.p11.rpc.Cka;
import dev.custodian.agent.prompt.Line;
import dev.custodian.agent.signing.EcdsaSignature;
import dev.custodian.client.Credential;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// A certificate, public key or private key as programs see it. Of a private key there is what its
/// public half tells.
///
/// @param name the same object has the same name again
/// @param credential what signs with a private key; null for all else
record TokenObject(
        String name, @Nullable Credential credential, Map<Integer, Attribute.Value> attributes) {
    private static final long CERTIFICATE = 1;
    private static final long PUBLIC_KEY = 2;
    private static final long PRIVATE_KEY = 3;

    private static final long TOKEN_USER = 1;
    private static final long AUTHORITY = 2;

    /// Octets of `CKA_ID`.
    private static final int ID_SIZE = 20;

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);

    TokenObject {
        attributes = Map.copyOf(attributes);
    }

    /// Certificate and keys of a credential, and the certificates above it.
    static List<TokenObject> of(Credential credential, String label) throws Refused {
        try {
            var all = new ArrayList<TokenObject>();
            var chain = credential.chain();
            for (int i = 0; i < chain.size(); i++) {
                all.add(
                        i == 0
                                ? certificate(chain.get(i), label, TOKEN_USER)
                                : certificate(chain.get(i), subject(chain.get(i)), AUTHORITY));
            }
            var id = id(credential.publicKey());
            all.add(
                    new TokenObject(
                            "public " + id.hex(), null, publicKey(credential, label, id).done()));
            all.add(
                    new TokenObject(
                            "private " + id.hex(),
                            credential,
                            privateKey(credential, label, id).done()));
            return all;
        } catch (GeneralSecurityException | IOException e) {
            throw new Refused(FailureKind.PROTOCOL_BROKEN, "The certificate cannot be read.");
        }
    }

    /// Whether it has all of these attributes, with these values.
    boolean matches(List<Attribute> template) {
        return template.stream().allMatch(one -> one.value().equals(attributes.get(one.type())));
    }

    /// Null when it has none of this type.
    Attribute.@Nullable Value value(int type) {
        return attributes.get(type);
    }

    boolean hides(int type) {
        return credential != null && Cka.isSecret(type);
    }

    private static TokenObject certificate(X509Certificate one, String label, long category)
            throws CertificateEncodingException {
        var der = Bytes.of(one.getEncoded());
        var attributes =
                common(CERTIFICATE, label, id(one.getPublicKey()), one)
                        .number(CERTIFICATE_TYPE, 0)
                        .number(CERTIFICATE_CATEGORY, category)
                        .flag(TRUSTED, false)
                        .octets(ISSUER, Bytes.of(one.getIssuerX500Principal().getEncoded()))
                        .octets(SERIAL_NUMBER, der(0x02, one.getSerialNumber().toByteArray()))
                        .octets(START_DATE, date(one.getNotBefore()))
                        .octets(END_DATE, date(one.getNotAfter()))
                        .octets(VALUE, der);
        return new TokenObject("certificate " + Hashes.sha256(der).hex(), null, attributes.done());
    }

    private static Attributes publicKey(Credential credential, String label, Bytes id)
            throws GeneralSecurityException, IOException, Refused {
        return key(PUBLIC_KEY, credential, label, id)
                .flag(ENCRYPT, false)
                .flag(VERIFY, false)
                .flag(VERIFY_RECOVER, false)
                .flag(WRAP, false)
                .flag(TRUSTED, false);
    }

    private static Attributes privateKey(Credential credential, String label, Bytes id)
            throws GeneralSecurityException, IOException, Refused {
        return key(PRIVATE_KEY, credential, label, id)
                .flag(SENSITIVE, true)
                .flag(ALWAYS_SENSITIVE, true)
                .flag(EXTRACTABLE, false)
                .flag(NEVER_EXTRACTABLE, true)
                .flag(SIGN, true)
                .flag(SIGN_RECOVER, false)
                .flag(DECRYPT, false)
                .flag(UNWRAP, false)
                .flag(WRAP_WITH_TRUSTED, false)
                // We ask the person ourselves.
                .flag(ALWAYS_AUTHENTICATE, false)
                .add(
                        ALLOWED_MECHANISMS,
                        new Attribute.Mechanisms(Mechanisms.of(credential.algorithm().family())));
    }

    private static Attributes key(long kind, Credential credential, String label, Bytes id)
            throws GeneralSecurityException, IOException, Refused {
        var algorithm = credential.algorithm();
        var key = credential.publicKey();
        var attributes =
                common(kind, label, id, credential.certificate())
                        .number(KEY_TYPE, algorithm.ckk())
                        .flag(DERIVE, false)
                        .flag(LOCAL, false)
                        .octets(PUBLIC_KEY_INFO, Bytes.of(key.getEncoded()));
        return switch (key) {
            case RSAPublicKey rsa ->
                    attributes
                            .octets(MODULUS, magnitude(rsa.getModulus()))
                            .number(MODULUS_BITS, algorithm.bits())
                            .octets(PUBLIC_EXPONENT, magnitude(rsa.getPublicExponent()));
            case ECPublicKey ec ->
                    attributes
                            .octets(EC_PARAMS, curve(algorithm))
                            .octets(EC_POINT, der(0x04, point(algorithm, ec).toArray()));
            default -> throw new Refused(FailureKind.SCHEME_REFUSED);
        };
    }

    private static Attributes common(
            long kind, String label, Bytes id, X509Certificate certificate) {
        return new Attributes()
                .number(CLASS, kind)
                .flag(TOKEN, true)
                .flag(PRIVATE, false)
                .flag(MODIFIABLE, false)
                .flag(COPYABLE, false)
                .octets(LABEL, Bytes.utf8(label))
                .octets(ID, id)
                .octets(SUBJECT, Bytes.of(certificate.getSubjectX500Principal().getEncoded()));
    }

    private static Bytes id(PublicKey key) {
        return Hashes.sha256(Bytes.of(key.getEncoded())).slice(0, ID_SIZE);
    }

    private static String subject(X509Certificate certificate) {
        return Line.of(
                certificate.getSubjectX500Principal().getName(X500Principal.RFC2253), Line.NAME);
    }

    private static Bytes magnitude(BigInteger number) {
        return EcdsaSignature.fixed(number, (number.bitLength() + 7) / 8);
    }

    private static Bytes curve(KeyAlgorithm algorithm)
            throws GeneralSecurityException, IOException {
        var parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(algorithm.jcaCurve()));
        return Bytes.of(parameters.getEncoded());
    }

    private static Bytes point(KeyAlgorithm algorithm, ECPublicKey key) {
        int size = (algorithm.bits() + 7) / 8;
        return Bytes.concat(
                Bytes.of((byte) 4),
                new EcdsaSignature(key.getW().getAffineX(), key.getW().getAffineY()).raw(size));
    }

    private static Bytes date(Date date) {
        return Bytes.utf8(DAY.format(date.toInstant()));
    }

    /// @param content at most 255 octets
    private static Bytes der(int tag, byte[] content) {
        var length =
                content.length < 0x80
                        ? Bytes.of((byte) content.length)
                        : Bytes.of((byte) 0x81, (byte) content.length);
        return Bytes.concat(Bytes.of((byte) tag), length, Bytes.of(content));
    }

    private static final class Attributes {
        private final Map<Integer, Attribute.Value> values = new LinkedHashMap<>();

        Attributes flag(int type, boolean set) {
            return add(type, new Attribute.Flag(set));
        }

        Attributes number(int type, long number) {
            return add(type, new Attribute.Ulong(number));
        }

        Attributes octets(int type, Bytes octets) {
            return add(type, new Attribute.Octets(octets));
        }

        Attributes add(int type, Attribute.Value value) {
            values.put(type, value);
            return this;
        }

        Map<Integer, Attribute.Value> done() {
            return values;
        }
    }
}
