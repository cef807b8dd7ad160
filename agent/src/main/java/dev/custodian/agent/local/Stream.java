package dev.custodian.agent.local;

import java.io.IOException;
import java.time.Duration;

/// Octets between us and a program, as the system carries them. Read and closed by one thread,
/// written by one at a time and not after it is closed; any other may [#shut] it.
public interface Stream extends AutoCloseable {
    /// Who is at the other end, as the system says.
    Credentials peer();

    /// Whether the other side still listens for an answer.
    boolean isThere();

    /// Reads what there is, at least one octet and at most `size`.
    ///
    /// @param limit longest wait
    /// @return how many; 0 when nothing came in time, -1 at the end
    int read(byte[] into, int from, int size, Duration limit) throws IOException;

    /// Writes all of it.
    ///
    /// @param limit for all of it
    /// @return false when that was too short
    boolean write(byte[] octets, Duration limit) throws IOException;

    /// Makes whoever reads or writes here see the end.
    void shut();

    @Override
    void close();
}
