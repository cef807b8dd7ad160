package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Hashes;
import dev.custodian.core.Id;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.Factors;
import dev.custodian.core.intent.Approver;
import dev.custodian.core.intent.Intent;
import dev.custodian.core.intent.Matter;
import dev.custodian.core.intent.Shown;
import dev.custodian.core.json.Json;
import java.security.SecureRandom;
import java.util.List;

/// What every approval about a credential has in common: a fresh nonce, the intent, the device
/// key's signature over it, and factors that are sealed for it alone.
final class Approvals {
    static final String DEVICE = "DEVICE";
    private static final int MOST_ACTIVATION_KEYS = 3;

    private final DeviceSession session;
    private final SecureRandom random;

    Approvals(DeviceSession session, SecureRandom random) {
        this.session = session;
        this.random = random;
    }

    /// An intent that the device key signed.
    ///
    /// @param jws `DEVICE`
    record Evidence(Bytes intentHash, String jws) {
        /// H over what is kept beside the approval.
        Bytes hash() {
            return Hashes.sha256(Bytes.utf8(jws));
        }
    }

    /// The body of a request that carries these `authData` objects.
    interface Body {
        Json with(Json authData);
    }

    /// Fetches a nonce and has the device key sign the intent: to be called only when the person
    /// has answered, so that the nonce does not grow old meanwhile.
    Evidence evidence(Id credential, List<Shown> shown, Matter matter) throws Refused {
        var nonce = challenge(credential, matter);
        var known = session.memory().now();
        var iat = session.server().time().now();
        Bytes intent;
        try {
            intent =
                    new Intent(
                                    known.thumbprint(),
                                    new Approver.OnDevice(known.owner(), known.device()),
                                    nonce,
                                    iat,
                                    iat.plus(Intent.LONGEST),
                                    shown,
                                    matter)
                            .encode();
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN, "The server's challenge does not fit an intent.");
        }
        var header = Jws.header(Intent.TYPE).keyID(known.device().text()).build();
        return new Evidence(Hashes.sha256(intent), Jws.sign(header, intent, session.device()));
    }

    /// Fetches a nonce, and with it the server's time and activation key.
    private Bytes challenge(Id credential, Matter matter) throws Refused {
        var ask = Json.object().put("credentialID", credential.text()).put("authObjectID", DEVICE);
        if (matter instanceof Matter.Consent) {
            ask.put("custodian", Json.object().put("kind", "consent").build());
        }
        var answer = session.call("credentials/getChallenge", ask.build()).orRefused();
        session.server()
                .believe(
                        answer.inner("custodian").text("identity"),
                        FailureKind.ACTIVATION_KEY_NOT_VOUCHED);
        return answer.cscBytes("challenge");
    }

    /// Sends evidence with factors until there is an answer; seals the same factors anew when the
    /// activation key went.
    Part send(
            String method,
            Id credential,
            Matter matter,
            Evidence evidence,
            Factors factors,
            Body body)
            throws Refused {
        for (int keys = 1; ; keys++) {
            var sealed = Enrolment.seal(session.server(), evidence.intentHash(), factors, random);
            var data = authData(evidence, "SEALED", sealed.base64Url());
            var answer = session.call(method, body.with(data));
            if (answer.isOk()) {
                return answer.body();
            }
            var refusal = answer.refusal();
            if (refusal.kind() != FailureKind.ACTIVATION_KEY_GONE || keys >= MOST_ACTIVATION_KEYS) {
                throw refusal;
            }
            challenge(credential, matter);
        }
    }

    static Json authData(Evidence evidence, String id, String value) {
        return Json.Arr.of(
                Json.object().put("id", DEVICE).put("value", evidence.jws()).build(),
                Json.object().put("id", id).put("value", value).build());
    }
}
