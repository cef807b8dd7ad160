package dev.custodian.agent.local;

import java.io.IOException;

/// The system has too little of something just now, or one connection is gone: the same call can
/// work in a moment.
public final class ScarceException extends IOException {
    private static final long serialVersionUID = 1L;

    public ScarceException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
