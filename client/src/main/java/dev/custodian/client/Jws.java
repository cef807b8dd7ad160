package dev.custodian.client;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import dev.custodian.core.Bytes;
import dev.custodian.core.Refused;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;

/// Compact JWS by ES256 (RFC 7515 §7.1), over octets that are never encoded again.
final class Jws {
    private Jws() {}

    /// Reads the compact form; the library fails on the header `null`, which is JSON but no object.
    static JWSObject parse(String compact) throws ParseException {
        try {
            return JWSObject.parse(compact);
        } catch (NullPointerException e) {
            throw new ParseException("no header", 0);
        }
    }

    static JWSHeader.Builder header(String type) {
        return new JWSHeader.Builder(JWSAlgorithm.ES256).type(new JOSEObjectType(type));
    }

    static String sign(JWSHeader header, Bytes payload, DeviceSigner key) throws Refused {
        var input = header.toBase64URL() + "." + payload.base64Url();
        return input + "." + key.sign(Bytes.utf8(input)).base64Url();
    }

    static boolean isOf(JWSObject jws, String type) {
        return new JOSEObjectType(type).equals(jws.getHeader().getType())
                && JWSAlgorithm.ES256.equals(jws.getHeader().getAlgorithm());
    }

    /// Whether the P-256 key `spki` signed; false too when it is no such key.
    static boolean isSignedBy(JWSObject jws, Bytes spki) {
        try {
            var key =
                    KeyFactory.getInstance("EC")
                            .generatePublic(new X509EncodedKeySpec(spki.toArray()));
            return jws.verify(new ECDSAVerifier((ECPublicKey) key));
        } catch (GeneralSecurityException | JOSEException e) {
            return false;
        }
    }
}
