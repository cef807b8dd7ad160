package dev.custodian.server.csc;

import dev.custodian.server.activation.DeviceCaller;
import dev.custodian.server.http.Call;
import dev.custodian.server.http.Reply;

/// Answers a call of an enrolled device, whose token and proof were checked.
@FunctionalInterface
public interface DeviceHandler {
    /// Answers the call.
    ///
    /// @throws Exception a refusal is answered in the API's words, anything else with a 500
    Reply handle(Call call, DeviceCaller caller) throws Exception;
}
