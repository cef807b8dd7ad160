package dev.custodian.agent.unix;

import java.time.Duration;

/// A number of an open socket or pipe, which the system gives to the next one as soon as it is
/// closed: so only the thread that works with it closes it, and others at most [#shut] it.
final class Descriptor implements AutoCloseable {
    private final int number;
    private boolean closed;

    Descriptor(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /// Waits at most `limit` for one of `events`, or for the other end to hang up.
    ///
    /// @return what happened; 0 when nothing did
    short await(short events, Duration limit) throws UnixException {
        return Libc.poll(number, events, Math.clamp(limit.toMillis(), 0, Integer.MAX_VALUE));
    }

    /// What `events` there are now; hung up when this is closed.
    synchronized short now(short events) throws UnixException {
        return closed ? Libc.POLLHUP : Libc.poll(number, events, 0);
    }

    /// Ends the conversation on both sides: who waits on this socket wakes up.
    synchronized void shut() {
        try {
            if (!closed) {
                Libc.shutdown(number);
            }
        } catch (UnixException e) {
            // the other end was faster
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Libc.close(number);
        }
    }
}
