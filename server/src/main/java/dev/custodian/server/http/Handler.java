package dev.custodian.server.http;

/// Answers one call. Runs on a virtual thread of its own and may block.
@FunctionalInterface
public interface Handler {
    /// Answers the call.
    ///
    /// @throws CallRefused when the request itself is at fault; the client is told the sentence
    /// @throws Exception anything else: the client gets a 500 that says nothing, the log the cause
    Reply handle(Call call) throws Exception;
}
