package dev.custodian.agent.link;

import dev.custodian.agent.door.Door;
import dev.custodian.agent.local.Connection;
import dev.custodian.agent.peer.Peer;
import dev.custodian.agent.prompt.Line;
import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.link.Answer;
import dev.custodian.link.Frame;
import dev.custodian.link.Message;
import dev.custodian.link.Request;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Answers programs that speak the link (FORMATS §8): hello first, then one request after the
/// other. While one is worked at, a cancellation of it or the end of the connection ends it.
public final class LinkDoor implements Door {
    private static final System.Logger LOG = System.getLogger(LinkDoor.class.getName());
    private static final Duration FRAME = Duration.ofSeconds(10);

    private final Requests requests;

    /// @param requests what is answered
    public LinkDoor(Requests requests) {
        this.requests = requests;
    }

    @Override
    public void serve(Connection connection, Peer peer) throws IOException {
        new Conversation(connection, peer).lead();
    }

    /// One connection: this thread reads, another one works and writes.
    private final class Conversation {
        private final Connection connection;
        private final Peer peer;
        private @Nullable Task task;

        /// What the program calls itself, as one visible line; empty before its hello.
        private String name = "";

        Conversation(Connection connection, Peer peer) {
            this.connection = connection;
            this.peer = peer;
        }

        void lead() throws IOException {
            try {
                for (var frame = next(); frame != null; frame = next()) {
                    take(frame);
                }
            } catch (MalformedException e) {
                finish();
                answer(0, failure(FailureKind.MALFORMED_REQUEST, e.getMessage()));
            } finally {
                end();
            }
        }

        /// The next frame; null at the end.
        private @Nullable Frame next() throws IOException, MalformedException {
            int first = connection.read();
            if (first < 0) {
                return null;
            }
            var header = new byte[Frame.LENGTH];
            header[0] = (byte) first;
            connection.read(header, 1, FRAME);
            var body = connection.read(Frame.rest(Bytes.of(header)), FRAME);
            return Frame.decode(Bytes.concat(Bytes.of(header), Bytes.of(body)));
        }

        private void take(Frame frame) throws MalformedException, IOException {
            switch (frame.message()) {
                case Request.Cancel() -> {
                    if (task != null) {
                        task.cancel(frame.request());
                    }
                }
                case Request request -> {
                    finish();
                    greet(request);
                    connection.owe();
                    task = new Task(frame.request(), request);
                    task.thread.start();
                }
                case Answer _ -> throw new MalformedException("a program answers nothing");
            }
        }

        private void greet(Message request) throws MalformedException {
            if (request instanceof Request.Hello == !name.isEmpty()) {
                throw new MalformedException("hello comes first, and once");
            }
            if (request instanceof Request.Hello(var program, var version)) {
                name = Line.of(program + " " + version, Line.NAME);
            }
        }

        /// Waits until nothing is worked at.
        private void finish() throws IOException {
            if (task != null) {
                task.await();
                task = null;
            }
        }

        private void end() {
            if (task != null) {
                task.cancelled = true;
                try {
                    task.await();
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "the agent ends");
                }
            }
        }

        private void answer(long number, Answer answer) throws IOException {
            connection.write(new Frame(number, answer).encode().toArray(), FRAME);
        }

        /// One request that is worked at.
        private final class Task {
            private final long number;
            private final Request request;
            private final Thread thread;
            private volatile boolean cancelled;

            Task(long number, Request request) {
                this.number = number;
                this.request = request;
                this.thread = Thread.ofPlatform().daemon().name("link").unstarted(this::work);
            }

            void cancel(long unwanted) {
                cancelled |= unwanted == number;
            }

            void await() throws IOException {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted");
                }
            }

            private boolean isWanted() {
                return !cancelled && connection.isThere();
            }

            private void work() {
                try {
                    var answer = answer();
                    connection.settle();
                    Conversation.this.answer(number, answer);
                } catch (IOException e) {
                    // Nobody reads it any more.
                    connection.shut();
                }
            }

            private Answer answer() {
                try {
                    return requests.answer(request, new Caller(peer, name, this::isWanted));
                } catch (Refused e) {
                    return Answer.Failure.of(
                            cancelled && e.kind() == FailureKind.PROGRAM_REFUSED
                                    ? new Refused(FailureKind.CANCELLED)
                                    : e);
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "a fault of our own", e);
                    return failure(FailureKind.INTERNAL, "The agent's log has more.");
                }
            }
        }
    }

    private static Answer failure(FailureKind kind, @Nullable String detail) {
        return Answer.Failure.of(new Refused(kind, detail == null ? "" : detail));
    }
}
