package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Purpose;
import dev.custodian.core.Refused;
import dev.custodian.core.Secret;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sad;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.json.Json;
import java.security.SecureRandom;
import java.util.List;

/// The calls of a signature one by one, unchecked, for tests of what a server refuses: the client
/// itself never lets them apart, so this stands in its package.
public final class SingleCalls {
    private final DeviceSession session;
    private final SecureRandom random = new SecureRandom();

    public SingleCalls(DeviceSession session) {
        this.session = session;
    }

    /// Approves digests and gives the SAD.
    public String authorize(
            Id credential, HashAlgorithm hash, Secret pin, Secret share, List<Bytes> digests)
            throws Refused {
        var r = new byte[Factors.SHARE];
        random.nextBytes(r);
        try (var fresh = Secret.owning(r);
                var factors = new Factors(pin, share, fresh)) {
            var known = session.memory().now();
            var nonce = challenge(credential);
            var iat = session.server().time().now();
            var intent =
                    new Intent(
                                    known.thumbprint(),
                                    new Approver.OnDevice(known.owner(), known.device()),
                                    nonce,
                                    iat,
                                    iat.plus(Intent.LONGEST),
                                    List.of(),
                                    new Matter.Sign(
                                            credential,
                                            Purpose.DOCUMENT,
                                            hash.oid(),
                                            digests.stream()
                                                    .map(one -> new Matter.Digest(one, ""))
                                                    .toList()))
                            .encode();
            var evidence =
                    Jws.sign(
                            Jws.header(Intent.TYPE).keyID(known.device().text()).build(),
                            intent,
                            session.device());
            var intentHash = Hashes.sha256(intent);
            var sealed = Enrolment.seal(session.server(), intentHash, factors, random);
            var body =
                    Json.object()
                            .put("credentialID", credential.text())
                            .put("numSignatures", digests.size())
                            .put("hashes", hashes(digests))
                            .put("hashAlgorithmOID", hash.oid())
                            .put(
                                    "authData",
                                    Json.Arr.of(
                                            authData("DEVICE", new Json.Str(evidence)),
                                            authData("SEALED", new Json.Str(sealed.base64Url()))))
                            .build();
            session.call("credentials/authorize", body).orRefused();
            return Sad.derive(fresh, intentHash).expose();
        }
    }

    private Bytes challenge(Id credential) throws Refused {
        var ask =
                Json.object()
                        .put("credentialID", credential.text())
                        .put("authObjectID", "DEVICE")
                        .build();
        return session.call("credentials/getChallenge", ask).orRefused().cscBytes("challenge");
    }

    private static Json authData(String id, Json value) {
        return Json.object().put("id", id).put("value", value).build();
    }

    private static Json hashes(List<Bytes> digests) {
        return Json.array(digests, digest -> new Json.Str(digest.base64()));
    }

    /// Asks for signatures.
    ///
    /// @param algorithm OID of the signature algorithm
    public List<Bytes> signHash(Id credential, String sad, String algorithm, Bytes... digests)
            throws Refused {
        var body =
                Json.object()
                        .put("credentialID", credential.text())
                        .put("SAD", sad)
                        .put("hashes", hashes(List.of(digests)))
                        .put("signAlgo", algorithm)
                        .build();
        return session.call("signatures/signHash", body).orRefused().cscList("signatures");
    }
}
