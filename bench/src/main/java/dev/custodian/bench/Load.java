package dev.custodian.bench;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Callers with a connection each; every one sends its next request when it has its answer.
final class Load implements AutoCloseable {
    private final List<Connection> connections = new ArrayList<>();
    private final ExecutorService threads;

    Load(Device device, int callers) {
        for (int i = 0; i < callers; i++) {
            connections.add(new Connection(device.tls(), device.server()));
        }
        threads = Executors.newFixedThreadPool(callers);
    }

    /// Connects again what idled too long: so that no handshake falls into a measurement.
    void open() throws IOException {
        for (var connection : connections) {
            connection.open();
        }
    }

    /// Sends every request once; returns the nanoseconds that each took.
    ///
    /// @param callers how many of all callers
    /// @param signatures how many each answer must hold
    long[] run(List<byte[]> requests, int callers, int signatures) throws Exception {
        var next = new AtomicInteger();
        var took = new long[requests.size()];
        var work = new ArrayList<Callable<Integer>>();
        for (var connection : connections.subList(0, callers)) {
            work.add(
                    () -> {
                        for (int i = next.getAndIncrement();
                                i < took.length;
                                i = next.getAndIncrement()) {
                            long began = System.nanoTime();
                            var answer = connection.ask(requests.get(i));
                            took[i] = System.nanoTime() - began;
                            if (i == 0) {
                                check(answer, signatures);
                            }
                        }
                        return 0;
                    });
        }
        for (var ended : threads.invokeAll(work)) {
            await(ended);
        }
        return took;
    }

    private static void await(Future<?> ended) throws Exception {
        try {
            ended.get();
        } catch (ExecutionException e) {
            throw new IOException("a caller failed", e.getCause());
        }
    }

    private static void check(byte[] answer, int signatures)
            throws IOException, MalformedException {
        var body = Json.members(Json.parse(Bytes.of(answer), 1 << 20), "the answer");
        if (body.items("signatures").size() != signatures) {
            throw new IOException("not " + signatures + " signatures in an answer");
        }
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        for (var connection : connections) {
            connection.close();
        }
    }
}
