package dev.custodian.server.activation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.intent.DeviceJwk;
import dev.custodian.core.intent.Intent;
import dev.custodian.server.crypto.CryptoProvider;
import java.security.GeneralSecurityException;
import java.text.ParseException;

/// `DEVICE`: a JWS by a device key whose payload is an intent (FORMATS §2). Reading it proves
/// nothing yet; only [#verify] does.
final class DeviceProof {
    private static final int MAX_SIZE = Intent.MAX_SIZE / 3 * 4 + 1024;

    private final JWSObject jws;
    private final String compact;
    private final Bytes octets;
    private final Intent intent;

    private DeviceProof(JWSObject jws, String compact, Bytes octets, Intent intent) {
        this.jws = jws;
        this.compact = compact;
        this.octets = octets;
        this.intent = intent;
    }

    /// Reads the compact form: header exactly `typ`, `alg` ES256 and, but for an enrolment, `kid`.
    static DeviceProof parse(String compact) throws Refused {
        if (compact.length() > MAX_SIZE) {
            throw new Refused(FailureKind.MALFORMED_REQUEST, "DEVICE is too long.");
        }
        try {
            var jws = read(compact);
            var header = jws.getHeader();
            if (!new JOSEObjectType(Intent.TYPE).equals(header.getType())
                    || !JWSAlgorithm.ES256.equals(header.getAlgorithm())
                    || !header.toJSONObject().keySet().stream()
                            .allMatch(n -> n.matches("typ|alg|kid"))) {
                throw new Refused(
                        FailureKind.MALFORMED_REQUEST, "DEVICE has another header than it should.");
            }
            var octets = Bytes.of(jws.getPayload().toBytes());
            return new DeviceProof(jws, compact, octets, Intent.decode(octets));
        } catch (ParseException e) {
            throw new Refused(FailureKind.MALFORMED_REQUEST, "DEVICE is not a compact JWS.");
        } catch (MalformedException e) {
            throw new Refused(
                    FailureKind.MALFORMED_REQUEST,
                    "DEVICE holds no intent: " + e.getMessage() + ".");
        }
    }

    /// The library fails on the header `null`, which is JSON but no object.
    private static JWSObject read(String compact) throws ParseException {
        try {
            return JWSObject.parse(compact);
        } catch (NullPointerException e) {
            throw new ParseException("no header", 0);
        }
    }

    /// The public half of a new device's key, DER; refuses one that cannot be used.
    static Bytes spki(DeviceJwk jwk) throws Refused {
        try {
            return Bytes.of(jwk.publicKey().getEncoded());
        } catch (MalformedException e) {
            throw new Refused(
                    FailureKind.MALFORMED_REQUEST,
                    "The device key is refused: " + e.getMessage() + ".");
        }
    }

    /// Checks the signature and that the header names `kid`; empty when it is to name nothing.
    ///
    /// @param spki the device key, DER
    void verify(Bytes spki, String kid) throws Refused {
        var named = jws.getHeader().getKeyID();
        try {
            if ((named == null ? kid.isEmpty() : named.equals(kid))
                    && jws.verify(CryptoProvider.fastest().es256(spki.toArray()))) {
                return;
            }
        } catch (GeneralSecurityException | JOSEException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
        throw new Refused(FailureKind.FACTORS_REFUSED);
    }

    Intent intent() {
        return intent;
    }

    Bytes intentHash() {
        return Hashes.sha256(octets);
    }

    /// What is kept beside the approval: the JWS itself.
    Bytes evidence() {
        return Bytes.utf8(compact);
    }
}
