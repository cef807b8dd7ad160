package dev.custodian.server.csc;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.server.credential.Credentials;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A credential as `credentials/info` and `credentials/list` show it (CSC API §11.7).
///
/// @param certificates `none`, `single` or `chain`
/// @param certInfo whether what a certificate says is spelled out
record CredentialAnswer(String certificates, boolean certInfo) {
    /// The device's word, and either PIN and share or a consent that was given before.
    static final String EXPRESSION = "DEVICE AND (SEALED OR CONSENT)";

    private static final DateTimeFormatter GENERALIZED =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    static CredentialAnswer of(Parameters parameters) throws CscRefused {
        parameters.textOrNull("lang");
        parameters.flag("authInfo");
        return new CredentialAnswer(
                parameters.choice("certificates", "single", List.of("none", "single", "chain")),
                parameters.flag("certInfo"));
    }

    Map<String, Object> show(Credentials.View credential, Instant now) throws Refused {
        var algorithm = credential.algorithm();
        var key = new LinkedHashMap<String, Object>();
        key.put("status", credential.isEnabled() ? "enabled" : "disabled");
        key.put("algo", algorithm.cscOids());
        key.put("len", algorithm.bits());
        if (!algorithm.curveOid().isEmpty()) {
            key.put("curve", algorithm.curveOid());
        }
        var info = new LinkedHashMap<String, Object>();
        info.put("description", description(credential));
        info.put("key", key);
        info.put("cert", certificate(credential.certificates(), now));
        info.put("auth", authentication());
        info.put("SCAL", "2");
        info.put("multisign", credential.multisign());
        info.put("lang", "en");
        info.put(
                "custodian",
                Map.of(
                        "purpose", credential.purpose().text(),
                        "custody", credential.custody().text(),
                        "origin", credential.origin().text(),
                        "policy", credential.policy().base64Url(),
                        "spki", credential.spki().base64Url()));
        return info;
    }

    private static String description(Credentials.View credential) {
        return credential.algorithm().display()
                + " key for "
                + credential.purpose().text()
                + ", "
                + credential.custody().text()
                + switch (credential.origin()) {
                    case EMBEDDED -> "";
                    case HSM, IMPORTED -> ", " + credential.origin().text();
                };
    }

    /// `valid` is never said: nobody here knows what was revoked.
    private Map<String, Object> certificate(List<Bytes> chain, Instant now) throws Refused {
        var cert = new LinkedHashMap<String, Object>();
        if (chain.isEmpty()) {
            return cert;
        }
        var leaf = parse(chain.getFirst());
        if (leaf.getNotAfter().toInstant().isBefore(now)) {
            cert.put("status", "expired");
        }
        switch (certificates) {
            case "single" -> cert.put("certificates", List.of(chain.getFirst().base64()));
            case "chain" -> cert.put("certificates", chain.stream().map(Bytes::base64).toList());
            default -> {}
        }
        if (certInfo) {
            cert.put("issuerDN", leaf.getIssuerX500Principal().getName());
            cert.put("serialNumber", leaf.getSerialNumber().toString(16));
            cert.put("subjectDN", leaf.getSubjectX500Principal().getName());
            cert.put("validFrom", GENERALIZED.format(leaf.getNotBefore().toInstant()));
            cert.put("validTo", GENERALIZED.format(leaf.getNotAfter().toInstant()));
        }
        return cert;
    }

    private static X509Certificate parse(Bytes der) throws Refused {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(der.toArray()));
        } catch (CertificateException e) {
            throw new Refused(FailureKind.TAMPERED, "A certificate in the store cannot be read.");
        }
    }

    private static Map<String, Object> authentication() {
        var auth = new LinkedHashMap<String, Object>();
        auth.put("mode", "explicit");
        auth.put("expression", EXPRESSION);
        var objects = new ArrayList<Map<String, String>>();
        objects.add(
                object(
                        "ChallengeResponse",
                        "DEVICE",
                        "custodian-device-key",
                        "Device",
                        "A JWS by the enrolled device's key over the intent"));
        objects.add(
                object(
                        "Password",
                        "SEALED",
                        "custodian-activation",
                        "PIN",
                        "PIN and share, sealed to the server's activation key"));
        objects.add(
                object(
                        "Password",
                        "CONSENT",
                        "custodian-consent",
                        "Consent",
                        "The secret of a consent that was given before"));
        auth.put("objects", objects);
        return auth;
    }

    private static Map<String, String> object(
            String type, String id, String generator, String label, String description) {
        var object = new LinkedHashMap<String, String>();
        object.put("type", type);
        object.put("id", id);
        object.put("format", "A");
        object.put("generator", generator);
        object.put("label", label);
        object.put("description", description);
        return object;
    }
}
