package dev.custodian.it.device;

import dev.custodian.core.Bytes;
import dev.custodian.device.TpmStore;
import dev.custodian.device.tpm.TpmTransport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The way to a TPM, with somebody on it who listens and may lead it to another one.
final class Bus implements TpmStore.Transport {
    /// `TPM2_StartAuthSession`: what is encrypted, or proved by a PIN, is so in a session.
    private static final int START_AUTH_SESSION = 0x176;

    private final List<Bytes> commands = new CopyOnWriteArrayList<>();
    private volatile Swtpm end;

    Bus(Swtpm end) {
        this.end = end;
    }

    /// From now on; what was connected breaks.
    void leadTo(Swtpm other) {
        end = other;
    }

    /// How many sessions were begun so far.
    int sessions() {
        return (int)
                commands.stream()
                        .filter(one -> one.size() >= 10)
                        .filter(one -> one.slice(6, 10).equals(Bytes.u32(START_AUTH_SESSION)))
                        .count();
    }

    @Override
    public TpmTransport open() throws IOException {
        return new Way(end, end.connect());
    }

    private final class Way implements TpmTransport {
        private final Swtpm to;
        private final TpmTransport transport;

        Way(Swtpm to, TpmTransport transport) {
            this.to = to;
            this.transport = transport;
        }

        @Override
        public byte[] call(byte[] command) throws IOException {
            if (to != end) {
                throw new IOException("the way leads to another TPM now");
            }
            commands.add(Bytes.of(command));
            return transport.call(command);
        }

        @Override
        public void close() throws IOException {
            transport.close();
        }
    }
}
