package dev.custodian.it.device;

import dev.custodian.core.Bytes;
import dev.custodian.device.tpm.TpmTransport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What somebody sees who listens on the bus.
final class Recording implements TpmTransport {
    private final TpmTransport transport;
    private final List<Bytes> seen = new ArrayList<>();

    Recording(TpmTransport transport) {
        this.transport = transport;
    }

    @Override
    public byte[] call(byte[] command) throws IOException {
        seen.add(Bytes.of(command));
        var answer = transport.call(command);
        seen.add(Bytes.of(answer));
        return answer;
    }

    /// How many messages hold these octets.
    long holding(Bytes octets) {
        return seen.stream().filter(one -> one.hex().contains(octets.hex())).count();
    }

    int size() {
        return seen.size();
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
