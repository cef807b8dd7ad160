package dev.custodian.server.csc;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Id;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.evidence.Sealed;
import dev.custodian.core.identity.DeviceVerdict;
import dev.custodian.server.activation.ActivationModule;
import dev.custodian.server.activation.Changes;
import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.activation.Joining;
import dev.custodian.server.activation.Recovery;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Reply;
import dev.custodian.server.journal.Journal;
import dev.custodian.server.owner.Devices;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Our own methods about the owner: devices, those that wait, and changes of factors (FORMATS §1,
/// §3, §4).
final class OwnerCalls {
    private final Devices devices;
    private final ActivationModule activation;
    private final Journal journal;
    private final Supplier<String> identity;

    /// @param identity the identity's statement of now, a JWS
    OwnerCalls(
            Devices devices,
            ActivationModule activation,
            Journal journal,
            Supplier<String> identity) {
        this.devices = devices;
        this.activation = activation;
        this.journal = journal;
        this.identity = identity;
    }

    /// The owner's devices, the new ones that wait, and a recovery under way.
    Reply devices(Call call, DeviceCaller caller) throws CscRefused, Refused {
        var _ = Parameters.of(call);
        var owner = caller.owner();
        var body = new LinkedHashMap<String, Object>();
        var verdicts = activation.proving().verdicts(owner);
        body.put(
                "devices",
                devices.list(owner).stream()
                        .map(device -> show(device, verdicts.get(device.id())))
                        .toList());
        body.put(
                "waiting",
                activation.joining().waiting(owner).stream().map(OwnerCalls::show).toList());
        var recovery = activation.recovery().pending(owner);
        recovery.ifPresent(pending -> body.put("recovery", show(pending)));
        return Answers.json(body);
    }

    private static Map<String, Object> show(Devices.View device, @Nullable DeviceVerdict verdict) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("device", device.id().text());
        shown.put("name", device.name());
        shown.put("state", device.removed() ? "removed" : "active");
        shown.put("created", device.created().toString());
        var seen = device.seen();
        if (seen != null) {
            shown.put("seen", seen.toString());
        }
        if (verdict != null) {
            shown.put("verdict", verdict.name());
        }
        return shown;
    }

    private static Map<String, Object> show(Joining.Waiting waiting) {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("device", waiting.device().text());
        shown.put("name", waiting.name());
        shown.put("spki", waiting.spki().base64Url());
        shown.put("until", waiting.expires().toString());
        var verdict = waiting.verdict();
        if (verdict != null) {
            shown.put("verdict", verdict.name());
        }
        return shown;
    }

    private static Map<String, Object> show(Recovery.Pending pending) {
        return Map.of("spki", pending.spki().base64Url(), "due", pending.due().toString());
    }

    /// The nonce for a `change` intent; server time and activation key are in the statement beside
    /// it.
    Reply challenge(Call call, DeviceCaller caller) throws CscRefused {
        var _ = Parameters.of(call);
        var nonce = activation.challenges().issue(caller.owner().text(), "change");
        return Answers.json(
                Map.of(
                        "challenge", nonce.base64Url(),
                        "custodian", Map.of("identity", identity.get())));
    }

    /// Changes what a device approved. Answered with the owner's records after number `since`,
    /// which end with that of the change or later ones.
    Reply change(Call call, DeviceCaller caller) throws CscRefused, Refused {
        var parameters = Parameters.of(call);
        long since = known(parameters, "since");
        long size = known(parameters, "size");
        var changed =
                activation
                        .changes()
                        .change(
                                new Changes.Request(
                                        caller, parameters.text("device"), sealed(parameters)));
        var page = journal.since(changed.owner(), since, ChainPage.MOST, size);
        var shown = ChainPage.show(page);
        if (size > 0) {
            shown.put("consistency", ChainPage.hashes(page.consistency()));
        }
        return Answers.json(Map.of("custodian", shown));
    }

    private static long known(Parameters parameters, String name) throws CscRefused {
        long value = parameters.numberOr(name, 0);
        if (value < 0) {
            throw CscRefused.invalid(name);
        }
        return value;
    }

    private static Sealed sealed(Parameters parameters) throws CscRefused, Refused {
        try {
            return Sealed.decode(parameters.bytes("sealed"));
        } catch (MalformedException e) {
            throw new Refused(FailureKind.FACTORS_REFUSED);
        }
    }

    /// Forgets a new device that waits; nothing but a session is needed for that.
    Reply refuse(Call call, DeviceCaller caller) throws CscRefused, Refused {
        activation.joining().refuse(caller.owner(), device(Parameters.of(call)));
        return Answers.json(Map.of());
    }

    private static Id device(Parameters parameters) throws CscRefused, Refused {
        try {
            return Id.parse(Id.Kind.DEVICE, parameters.text("device"));
        } catch (MalformedException e) {
            throw new Refused(FailureKind.JOIN_REQUEST_GONE);
        }
    }
}
