package dev.custodian.server.http;

import dev.custodian.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;

/// Reads request bodies: each within the deadline and its route's limit, all together within the
/// memory granted to them. The library has none of the three; its idle time-out begins anew with
/// every octet.
final class Bodies {
    private final Duration deadline;
    private final AtomicLong free;

    Bodies(Duration deadline, long memory) {
        this.deadline = deadline;
        this.free = new AtomicLong(memory);
    }

    /// Reads the whole body. Blocks, so only for a virtual thread; takes HTTP/1.1 and HTTP/2 alike,
    /// for the wait is ours and ends without the connection's help.
    ///
    /// @throws CallRefused 408, 413, 503, or what the library found wrong with the body
    /// @throws ClientGone if the connection or the stream ended
    Body read(Request request, int limit) throws CallRefused, ClientGone, InterruptedException {
        // Before the first read: a client that expects 100-continue must not be asked to go on.
        if (request.getLength() > limit) {
            throw ErrorReplies.refusal(413);
        }
        var body = new Body();
        boolean complete = false;
        try {
            body.fill(request, limit);
            complete = true;
            return body;
        } finally {
            if (!complete) {
                body.close();
            }
        }
    }

    /// A body and the memory that it takes until it is closed.
    final class Body implements AutoCloseable {
        private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

        Bytes bytes() {
            return Bytes.of(octets.toByteArray());
        }

        @Override
        public void close() {
            free.addAndGet(octets.size());
            octets.reset();
        }

        private void fill(Request request, int limit)
                throws CallRefused, ClientGone, InterruptedException {
            long end = System.nanoTime() + deadline.toNanos();
            boolean last = false;
            while (!last) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    awaitMore(request, end - System.nanoTime());
                } else if (Content.Chunk.isFailure(chunk)) {
                    throw refusal(chunk.getFailure());
                } else {
                    last = chunk.isLast();
                    try {
                        add(chunk.getByteBuffer(), limit);
                    } finally {
                        chunk.release();
                    }
                }
            }
        }

        private void add(ByteBuffer chunk, int limit) throws CallRefused {
            int size = chunk.remaining();
            if (size > limit - octets.size()) {
                throw ErrorReplies.refusal(413);
            }
            if (free.addAndGet(-size) < 0) {
                free.addAndGet(size);
                throw ErrorReplies.refusal(503);
            }
            var part = new byte[size];
            chunk.get(part);
            octets.writeBytes(part);
        }
    }

    private static void awaitMore(Request request, long nanos)
            throws CallRefused, InterruptedException {
        var arrived = new CountDownLatch(1);
        request.demand(Invocable.from(Invocable.InvocationType.NON_BLOCKING, arrived::countDown));
        if (!arrived.await(nanos, TimeUnit.NANOSECONDS)) {
            throw ErrorReplies.refusal(408);
        }
    }

    private static CallRefused refusal(Throwable failure) throws ClientGone {
        return switch (failure) {
            case HttpException bad when bad.getCode() >= 400 -> ErrorReplies.refusal(bad.getCode());
            case TimeoutException _ -> ErrorReplies.refusal(408);
            default -> throw new ClientGone();
        };
    }
}
