package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.Scheme;
import dev.custodian.core.SignatureScheme;
import dev.custodian.core.journal.Change;
import dev.custodian.core.json.Json;
import java.security.AlgorithmParameters;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// The credentials of the fake server's owner: what it tells of them, and their keys.
final class FakeCredentials {
    private final FakeSigner behind;

    FakeCredentials(FakeSigner behind) {
        this.behind = behind;
    }

    void create(Id credential) {
        var details =
                new TreeMap<>(
                        Map.of(
                                "key",
                                VouchedTrust.keyHash(
                                                TestKeys.KEYS
                                                        .certificate(behind.alias(credential))
                                                        .getPublicKey())
                                        .base64Url()));
        behind.journal.append(
                credential,
                place ->
                        new Change(
                                Instant.now(),
                                place,
                                "created",
                                credential.text(),
                                "operator",
                                details));
        certify(credential, behind.alias(credential));
    }

    /// Journals that a credential was given the certificate of this alias.
    void certify(Id credential, String alias) {
        var hash = Hashes.sha256(encoded(TestKeys.KEYS.certificate(alias)));
        var details = new TreeMap<>(Map.of("certificate", hash.base64Url()));
        behind.journal.append(
                credential,
                place ->
                        new Change(
                                Instant.now(),
                                place,
                                "certified",
                                credential.text(),
                                "operator",
                                details));
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    FakeSigner.Told list() throws Exception {
        var infos = new ArrayList<Json>();
        for (var id : List.of(behind.rsa, behind.ec)) {
            infos.add(info(id).put("credentialID", id.text()).build());
        }
        return new FakeSigner.Told(
                200,
                Json.object()
                        .put(
                                "credentialIDs",
                                Json.Arr.ofTexts(List.of(behind.rsa.text(), behind.ec.text())))
                        .put("credentialInfos", new Json.Arr(infos))
                        .put("onlyValid", new Json.Null())
                        .build());
    }

    Json.Builder info(Id id) throws Exception {
        var algorithm = id.equals(behind.rsa) ? KeyAlgorithm.RSA_2048 : KeyAlgorithm.P256;
        var certificate = TestKeys.KEYS.certificate(behind.alias(id));
        var key =
                Json.object()
                        .put("status", "enabled")
                        .put("algo", Json.Arr.ofTexts(algorithm.cscOids()))
                        .put("len", algorithm.bits());
        if (!algorithm.curveOid().isEmpty()) {
            key.put("curve", algorithm.curveOid());
        }
        return Json.object()
                .put("description", new Json.Null())
                .put("key", key.build())
                .put(
                        "cert",
                        Json.object()
                                .put(
                                        "certificates",
                                        Json.Arr.ofTexts(
                                                List.of(
                                                        Base64.getEncoder()
                                                                .encodeToString(
                                                                        certificate.getEncoded()))))
                                .build())
                .put("multisign", 4000)
                .put(
                        "custodian",
                        Json.object()
                                .put("purpose", behind.purpose.text())
                                .put("custody", "owner-sealed")
                                .put("origin", "imported")
                                .build());
    }

    static SignatureScheme scheme(ObjectNode body) throws Exception {
        var hash = HashAlgorithm.ofOid(body.get("hashAlgorithmOID").stringValue());
        var oid = body.get("signAlgo").stringValue();
        if (oid.equals(Scheme.RSASSA_PSS)) {
            var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(Base64.getDecoder().decode(body.get("signAlgoParams").stringValue()));
            var pss = parameters.getParameterSpec(PSSParameterSpec.class);
            return new SignatureScheme(Scheme.pss(hash), pss.getSaltLength());
        }
        var family =
                oid.startsWith("1.2.840.10045") ? KeyAlgorithm.Family.EC : KeyAlgorithm.Family.RSA;
        return SignatureScheme.of(Scheme.plain(family, hash));
    }

    static Bytes sign(String alias, SignatureScheme scheme, Bytes message) throws Exception {
        var signature = Signature.getInstance(scheme.scheme().jca());
        if (scheme.scheme().isPss()) {
            var hash = scheme.scheme().hash().jca();
            signature.setParameter(
                    new PSSParameterSpec(
                            hash, "MGF1", new MGF1ParameterSpec(hash), scheme.saltLength(), 1));
        }
        signature.initSign(TestKeys.KEYS.privateKey(alias));
        signature.update(message.toArray());
        return Bytes.of(signature.sign());
    }
}
