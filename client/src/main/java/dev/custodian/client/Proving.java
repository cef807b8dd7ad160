package dev.custodian.client;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.core.json.Json;

/// Shows the server that this device's key is in hardware.
final class Proving {
    private static final String METHOD = "device/prove";

    private final DeviceSession session;

    Proving(DeviceSession session) {
        this.session = session;
    }

    void prove(HardwareEvidence evidence) throws Refused {
        var answer =
                switch (evidence) {
                    case HardwareEvidence.Tpm tpm -> answered(tpm);
                    case HardwareEvidence.Piv(var statement, var certificate) ->
                            call(
                                    of(evidence)
                                            .put("statement", statement)
                                            .put("certificate", certificate));
                };
        if (!answer.text("verdict").equals(DeviceVerdict.HARDWARE_PROVED.name())) {
            throw new Refused(
                    FailureKind.PROTOCOL_BROKEN, "The server gives another verdict than it can.");
        }
    }

    private Part answered(HardwareEvidence.Tpm tpm) throws Refused {
        var asked = call(of(tpm).put("claim", tpm.claim()));
        Bytes answer = tpm.answer(asked.bytes("challenge"));
        return call(of(tpm).put("state", asked.text("state")).put("answer", answer));
    }

    private static Json.Builder of(HardwareEvidence evidence) {
        return Json.object().put("kind", evidence.kind().text());
    }

    private Part call(Json.Builder body) throws Refused {
        return session.call(METHOD, body.build()).orRefused();
    }
}
