package dev.custodian.link.pipe;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayList;
import java.util.List;

/// A named pipe that waits for connections. Only its user can connect, and only from this machine.
///
/// Several instances wait at a time: a program that finds none while one is being replaced is told
/// that there is no such pipe. One thread accepts and closes; any other may [#shut] it.
public final class PipeServer implements AutoCloseable {
    private static final int WAITING = 4;
    private static final int BUFFER = 64 << 10;

    private final PipeName name;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment descriptor;

    /// Event that ends the wait for the next connection.
    private final long shut;

    /// In the order in which they are looked at, so that none waits for ever behind others.
    private final List<Instance> instances = new ArrayList<>();

    private boolean closed;

    private PipeServer(PipeName name) throws WindowsException {
        this.name = name;
        this.descriptor =
                ProcessCalls.descriptor("O:" + name.user() + "D:P(A;;GA;;;" + name.user() + ")");
        this.shut = Windows.event(true);
    }

    /// Makes the pipe and listens.
    ///
    /// @throws WindowsException [WindowsException#isDenied] when another program serves it: of
    ///   whatever user, as far as the system tells
    public static PipeServer open(PipeName name) throws WindowsException {
        if (PipeCalls.isServed(name.text())) {
            throw new WindowsException("WaitNamedPipeW", Windows.ERROR_ACCESS_DENIED);
        }
        var server = new PipeServer(name);
        try {
            for (int i = 0; i < WAITING; i++) {
                var instance = server.new Instance();
                server.instances.add(instance);
                instance.listen(i == 0 ? PipeCalls.FILE_FLAG_FIRST_PIPE_INSTANCE : 0);
            }
            return server;
        } catch (WindowsException e) {
            server.close();
            throw e;
        }
    }

    public PipeName name() {
        return name;
    }

    /// One that a program can connect to; or could not be made again yet.
    private final class Instance {
        private static final long NONE = 0;

        private final long event = Windows.event(true);
        private final MemorySegment overlapped = PipeCalls.overlapped(arena, event);
        private final MemorySegment octets = arena.allocate(4, 4);
        private long handle = NONE;

        /// Whether the system knows `overlapped`.
        private boolean pending;

        Instance() throws WindowsException {}

        void listen(int flags) throws WindowsException {
            while (handle == NONE) {
                long made = PipeCalls.createPipe(name.text(), flags, BUFFER, descriptor);
                int begun = PipeCalls.connect(made, overlapped);
                switch (begun) {
                    case 0, Windows.ERROR_IO_PENDING -> {
                        pending = true;
                        handle = made;
                    }
                    case Windows.ERROR_PIPE_CONNECTED -> {
                        Windows.set(event);
                        handle = made;
                    }
                    // somebody came and went before we listened
                    case Windows.ERROR_NO_DATA -> Windows.close(made);
                    default -> {
                        Windows.close(made);
                        throw new WindowsException("ConnectNamedPipe", begun);
                    }
                }
            }
        }

        boolean isListening() {
            return handle != NONE;
        }

        /// What somebody has connected to; from now on it is the caller's.
        ///
        /// @return 0 when it went wrong
        long take() {
            long taken = handle;
            int error = pending ? PipeCalls.end(taken, overlapped, octets) : 0;
            pending = false;
            handle = NONE;
            if (error != 0) {
                Windows.close(taken);
            }
            return error == 0 ? taken : NONE;
        }

        void close() {
            if (pending) {
                PipeCalls.cancel(handle, overlapped);
            }
            if (isListening()) {
                long taken = take();
                if (taken != NONE) {
                    Windows.close(taken);
                }
            }
            Windows.close(event);
        }
    }

    /// Waits for the next connection.
    ///
    /// @throws AsynchronousCloseException when this was shut
    public Pipe accept() throws IOException {
        while (true) {
            listenAgain();
            var listening = instances.stream().filter(Instance::isListening).toList();
            var events = new long[listening.size() + 1];
            events[0] = shut;
            for (int i = 0; i < listening.size(); i++) {
                events[i + 1] = listening.get(i).event;
            }
            int first = Windows.await(Windows.INFINITE, events);
            if (first == 0) {
                throw new AsynchronousCloseException();
            }
            var instance = listening.get(first - 1);
            instances.remove(instance);
            instances.add(instance);
            long taken = instance.take();
            try {
                listenAgain();
            } catch (WindowsException e) {
                if (taken != Instance.NONE) {
                    Windows.close(taken);
                }
                throw e;
            }
            if (taken != Instance.NONE) {
                return Pipe.serving(taken);
            }
        }
    }

    /// Has all instances listen, or as many as the system has room for just now: one at least.
    private void listenAgain() throws WindowsException {
        for (var instance : instances) {
            try {
                instance.listen(0);
            } catch (WindowsException e) {
                if (!e.isPassing() || instances.stream().noneMatch(Instance::isListening)) {
                    throw e;
                }
            }
        }
    }

    /// Wakes up who accepts.
    public synchronized void shut() {
        if (!closed) {
            Windows.set(shut);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            instances.forEach(Instance::close);
            Windows.close(shut);
            ProcessCalls.free(descriptor);
            arena.close();
        }
    }
}
