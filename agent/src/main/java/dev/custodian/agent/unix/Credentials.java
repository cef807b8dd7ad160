package dev.custodian.agent.unix;

/// Who connected, as the system noted it when the connection was made (SO_PEERCRED).
///
/// @param pid the process then; it may have ended since, and another one have its number
/// @param uid its user
public record Credentials(int pid, int uid) {}
