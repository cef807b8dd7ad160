package dev.custodian.link.pipe;

import java.io.IOException;

/// A call to Windows that failed.
public final class WindowsException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int error;

    WindowsException(String function, int error) {
        super(function + " failed with error " + error);
        this.error = error;
    }

    /// What `GetLastError` said (winerror.h).
    public int error() {
        return error;
    }

    /// Whether the system has too little of something just now: the same call can work in a moment.
    public boolean isPassing() {
        return switch (error) {
            case Windows.ERROR_TOO_MANY_OPEN_FILES,
                    Windows.ERROR_NOT_ENOUGH_MEMORY,
                    Windows.ERROR_PIPE_BUSY,
                    Windows.ERROR_NO_SYSTEM_RESOURCES,
                    Windows.ERROR_COMMITMENT_LIMIT ->
                    true;
            default -> false;
        };
    }

    /// Whether there is nothing of that name.
    public boolean isMissing() {
        return error == Windows.ERROR_FILE_NOT_FOUND;
    }

    /// Whether it is there and belongs to somebody else.
    public boolean isDenied() {
        return error == Windows.ERROR_ACCESS_DENIED;
    }
}
