package dev.custodian.server.csc;

import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.attest.ProofKind;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.activation.Proving;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Reply;
import java.util.Map;

/// Our own method by which a device proves that its key is in hardware.
final class ProvingCalls {
    private final Proving proving;

    ProvingCalls(Proving proving) {
        this.proving = proving;
    }

    /// A TPM's `claim` is answered with `challenge` and `state`, its `answer` with that `state` by
    /// the verdict; a card's `statement` and `certificate` too.
    Reply prove(Call call, DeviceCaller caller) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        return switch (kind(parameters)) {
            case TPM ->
                    parameters.has("claim") ? ask(parameters, caller) : answer(parameters, caller);
            case PIV -> {
                proving.show(
                        caller, parameters.bytes("statement"), parameters.bytes("certificate"));
                yield proved();
            }
        };
    }

    private Reply ask(Parameters parameters, DeviceCaller caller) throws CscRefused, Refused {
        var asked = proving.ask(caller, parameters.bytes("claim"));
        return Answers.json(
                Map.of(
                        "challenge", asked.challenge().base64Url(),
                        "state", asked.state().base64Url()));
    }

    private Reply answer(Parameters parameters, DeviceCaller caller) throws CscRefused, Refused {
        proving.answer(caller, parameters.bytes("state"), parameters.bytes("answer"));
        return proved();
    }

    private static Reply proved() {
        return Answers.json(Map.of("verdict", DeviceVerdict.HARDWARE_PROVED.name()));
    }

    private static ProofKind kind(Parameters parameters) throws CscRefused {
        try {
            return ProofKind.parse(parameters.text("kind"));
        } catch (MalformedException e) {
            throw CscRefused.invalid("kind");
        }
    }
}
