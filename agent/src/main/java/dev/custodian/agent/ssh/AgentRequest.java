package dev.custodian.agent.ssh;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;

/// What a client may ask of an agent, as far as ours understands it.
sealed interface AgentRequest {
    /// Octets of a request: what OpenSSH sends at most.
    int MAX_SIZE = 256 << 10;

    String SESSION_BIND = "session-bind@openssh.com";

    /// The public keys.
    record Identities() implements AgentRequest {}

    /// A signature over `data` by the key `blob`.
    record Sign(Bytes blob, Bytes data, int flags) implements AgentRequest {}

    /// Lock, or unlock, with a passphrase. In the heap as the program sent it: no secret of ours.
    record Lock(boolean close, Bytes passphrase) implements AgentRequest {
        @Override
        public String toString() {
            return "Lock";
        }
    }

    /// This connection is from now on for the ssh session with this number.
    ///
    /// @param hostKey of the server, which signed the number
    /// @param forwarding whether the session's other end may use this agent
    record Bind(Bytes hostKey, Bytes session, Bytes signature, boolean forwarding)
            implements AgentRequest {}

    /// Anything else.
    record Unknown(int type) implements AgentRequest {}

    /// Reads one.
    ///
    /// @param body the request without its length
    static AgentRequest parse(Bytes body) throws MalformedException {
        var reader = new SshReader(body);
        int type = reader.u8();
        var request =
                switch (type) {
                    case 11 -> new Identities();
                    case 13 -> new Sign(reader.string(), reader.string(), reader.u32());
                    case 22 -> new Lock(true, reader.string());
                    case 23 -> new Lock(false, reader.string());
                    case 27 -> extension(reader);
                    default -> {
                        reader.rest();
                        yield new Unknown(type);
                    }
                };
        reader.done();
        return request;
    }

    private static AgentRequest extension(SshReader reader) throws MalformedException {
        if (!reader.name().equals(SESSION_BIND)) {
            reader.rest();
            return new Unknown(27);
        }
        return new Bind(reader.string(), reader.string(), reader.string(), reader.flag());
    }
}
