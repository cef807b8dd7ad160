/// The agent's own local protocol. Runs inside strangers' JVMs: no third-party library.
module dev.custodian.link {
    // Bytes, Purpose and Refused are part of the interface.
    requires transitive dev.custodian.core;
    // Who is at the other end of a socket.
    requires jdk.net;
    // Annotations for the compiler only: absent at run time.
    requires static org.jspecify;

    exports dev.custodian.link;
    // For the agent: the other end of the same pipes.
    exports dev.custodian.link.pipe;
}
