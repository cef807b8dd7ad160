package dev.custodian.link.pipe;

/// A process of this machine, held so that its number is not given to another one meanwhile.
public final class WindowsProcess implements AutoCloseable {
    private final long handle;

    private WindowsProcess(long handle) {
        this.handle = handle;
    }

    /// The process with this number.
    ///
    /// @throws WindowsException also when there is none, or it does not let us ask
    public static WindowsProcess open(int pid) throws WindowsException {
        return new WindowsProcess(ProcessCalls.openProcess(pid));
    }

    /// Whose rights it has: text of a security identifier.
    public String user() throws WindowsException {
        return ProcessCalls.user(handle);
    }

    /// Whether it has not ended yet.
    public boolean isRunning() throws WindowsException {
        return Windows.await(0, handle) == Windows.WAIT_TIMEOUT;
    }

    /// Path of its program's file, with the drive.
    public String image() throws WindowsException {
        return ProcessCalls.image(handle);
    }

    /// When it was started, in units of 100 ns since 1601.
    public long started() throws WindowsException {
        return ProcessCalls.started(handle);
    }

    @Override
    public void close() {
        Windows.close(handle);
    }
}
