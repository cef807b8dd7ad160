package dev.custodian.agent.unix;

import java.io.IOException;

/// A call to the operating system that failed.
public final class UnixException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    UnixException(String function, int errno) {
        super(function + " failed with errno " + errno);
        this.errno = errno;
    }

    /// Whether the system has too little of something just now, or one connection is gone: the same
    /// call can work in a moment.
    public boolean isPassing() {
        return switch (errno) {
            case Libc.ENOMEM, Libc.ENFILE, Libc.EMFILE, Libc.ECONNABORTED, Libc.ENOBUFS -> true;
            default -> false;
        };
    }

    /// The number that the system gave.
    public int errno() {
        return errno;
    }
}
