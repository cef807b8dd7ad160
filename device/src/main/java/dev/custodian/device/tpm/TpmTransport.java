package dev.custodian.device.tpm;

import java.io.IOException;

/// Carries commands to a TPM: its device file, a simulator's socket, on Windows the TBS. All carry
/// the same octets (Part 3 §4).
public interface TpmTransport extends AutoCloseable {
    /// Most octets of a command or an answer that the transports of ours carry.
    int LONGEST = 4096;

    /// Sends one whole command and waits for its whole answer. One call at a time.
    byte[] call(byte[] command) throws IOException;

    @Override
    void close() throws IOException;
}
