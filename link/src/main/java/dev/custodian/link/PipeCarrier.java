package dev.custodian.link;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.link.pipe.Pipe;
import dev.custodian.link.pipe.PipeName;
import dev.custodian.link.pipe.WindowsException;
import dev.custodian.link.pipe.WindowsProcess;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// Frames over a named pipe of Windows.
final class PipeCarrier implements Carrier {
    private static final long BETWEEN_TRIES = 20;

    /// Between two of its instances an agent is nowhere for a moment.
    private static final Duration NOWHERE = Duration.ofMillis(500);

    private final Pipe pipe;
    private byte[] arriving = new byte[Frame.LENGTH];
    private int arrived;

    private PipeCarrier(Pipe pipe) {
        this.pipe = pipe;
    }

    static PipeCarrier connect(AgentPipe address, Deadline deadline)
            throws Refused, IOException, TimeoutException, InterruptedException {
        var pipe = dial(address.name(), deadline);
        try {
            requireOurPeer(pipe, address.name());
            return new PipeCarrier(pipe);
        } catch (Refused | IOException e) {
            pipe.close();
            throw e;
        }
    }

    private static Pipe dial(PipeName name, Deadline deadline)
            throws Refused, IOException, TimeoutException, InterruptedException {
        var nowhere = Deadline.in(NOWHERE);
        while (deadline.left() > 0) {
            try {
                return Pipe.connect(name);
            } catch (WindowsException e) {
                if (e.isDenied()) {
                    throw foreign(name);
                }
                if (e.isMissing() && nowhere.left() == 0) {
                    throw new Refused(
                            FailureKind.AGENT_UNREACHABLE,
                            "Nobody listens at " + name.text() + ".");
                }
                if (!e.isMissing() && !e.isPassing()) {
                    throw e;
                }
            }
            Thread.sleep(BETWEEN_TRIES);
        }
        throw new TimeoutException();
    }

    /// Whoever was first with the name has the pipe: it may be another user. A process alone does
    /// not tell: he can hand his pipe to another one and end, and his number is given to one of
    /// ours.
    private static void requireOurPeer(Pipe pipe, PipeName name) throws Refused, IOException {
        int peer = pipe.peer();
        try (var process = WindowsProcess.open(peer)) {
            if (process.user().equals(name.user()) && pipe.owner().equals(name.user())) {
                return;
            }
        } catch (WindowsException e) {
            // a process of ours could be asked
        }
        throw foreign(name);
    }

    private static Refused foreign(PipeName name) {
        return new Refused(
                FailureKind.AGENT_FOREIGN,
                "The other end of " + name.text() + " belongs to another user.");
    }

    @Override
    public void send(Frame frame, Deadline deadline)
            throws IOException, TimeoutException, InterruptedException {
        pipe.write(frame.encode().toArray(), deadline.left());
    }

    @Override
    public Optional<Bytes> poll() throws MalformedException {
        if (arrived < arriving.length) {
            return Optional.empty();
        }
        var octets = Bytes.of(arriving);
        if (arrived > Frame.LENGTH) {
            arriving = new byte[Frame.LENGTH];
            arrived = 0;
            return Optional.of(octets);
        }
        arriving = Arrays.copyOf(arriving, Frame.LENGTH + Frame.rest(octets));
        return Optional.empty();
    }

    @Override
    public void await(Deadline deadline)
            throws IOException, TimeoutException, InterruptedException {
        long left = deadline.left();
        if (left == 0) {
            throw new TimeoutException();
        }
        int read = pipe.read(arriving, arrived, arriving.length - arrived, left);
        if (read < 0) {
            throw new EOFException();
        }
        arrived += read;
    }

    @Override
    public void wake() {
        pipe.wake();
    }

    @Override
    public void close() {
        pipe.close();
    }
}
