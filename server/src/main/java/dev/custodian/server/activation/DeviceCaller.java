package dev.custodian.server.activation;

import dev.custodian.core.Id;

/// An enrolled device with a valid token: what the token's check proved about a request.
public record DeviceCaller(Id owner, Id device) {
    /// How the caller is named where an authorization keeps its sender.
    public String sender() {
        return device.text();
    }
}
