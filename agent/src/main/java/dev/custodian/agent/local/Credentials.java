package dev.custodian.agent.local;

/// Who connected, as the system noted it when the connection was made.
///
/// @param pid the process then; it may have ended since, and another one have its number
/// @param user its user as the system names users: a number, on Windows a security identifier
public record Credentials(int pid, String user) {}
