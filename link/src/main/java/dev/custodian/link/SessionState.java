package dev.custodian.link;

/// How the agent stands with its server.
public enum SessionState {
    /// There is no server yet: an invitation is needed.
    NOT_JOINED,
    /// The device is enrolled; a login is needed.
    LOGGED_OUT,
    /// All is well.
    LOGGED_IN,
    /// The server cannot be reached; the session goes on when it can.
    UNREACHABLE,
    /// The server accepts this device no more.
    REMOVED
}
