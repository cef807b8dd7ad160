package dev.custodian.device.windows;

import java.io.IOException;

/// A function of the system failed, or is not there.
public final class WindowsException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int code;

    private WindowsException(String message, int code) {
        super(message);
        this.code = code;
    }

    /// @param code what `GetLastError` says
    static WindowsException failed(String function, int code) {
        return new WindowsException("%s failed: error 0x%08X".formatted(function, code), code);
    }

    static WindowsException missing(String what) {
        return new WindowsException("This system has no " + what + ": that is not supported.", 0);
    }

    static WindowsException odd(String function) {
        return new WindowsException(function + " gave an answer that makes no sense.", 0);
    }

    /// What `GetLastError` said; 0 when the function is not there.
    int code() {
        return code;
    }
}
