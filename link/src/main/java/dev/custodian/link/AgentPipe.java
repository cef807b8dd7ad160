package dev.custodian.link;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import dev.custodian.link.pipe.PipeName;
import dev.custodian.link.pipe.WindowsException;

/// A named pipe of Windows where a user's agent listens.
public record AgentPipe(PipeName name) implements AgentAddress {
    static AgentPipe ours() throws Refused {
        try {
            return new AgentPipe(PipeName.ours());
        } catch (WindowsException e) {
            throw new Refused(
                    FailureKind.AGENT_UNREACHABLE,
                    "Windows does not say whose process this is: " + e.getMessage() + ".");
        }
    }

    @Override
    public String text() {
        return name.text();
    }
}
