package dev.custodian.agent.windows;

import dev.custodian.agent.local.Credentials;
import dev.custodian.agent.local.Stream;
import dev.custodian.link.pipe.Pipe;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/// One connection to the named pipe.
record PipeStream(Pipe pipe, Credentials peer) implements Stream {
    @Override
    public boolean isThere() {
        return pipe.isThere();
    }

    @Override
    public int read(byte[] into, int from, int size, Duration limit) throws IOException {
        try {
            return pipe.read(into, from, size, limit.toMillis());
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    @Override
    public boolean write(byte[] octets, Duration limit) throws IOException {
        try {
            pipe.write(octets, limit.toMillis());
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static IOException interrupted() {
        Thread.currentThread().interrupt();
        return new IOException("interrupted");
    }

    @Override
    public void shut() {
        pipe.shut();
    }

    @Override
    public void close() {
        pipe.close();
    }
}
