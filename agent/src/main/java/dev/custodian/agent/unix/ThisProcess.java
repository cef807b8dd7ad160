package dev.custodian.agent.unix;

/// This very process.
public final class ThisProcess {
    private ThisProcess() {}

    /// The user whose rights it has.
    public static int user() throws UnixException {
        return Libc.geteuid();
    }

    /// From now on other programs of the same user can neither look into its memory nor stop it in
    /// a debugger, and no crash writes its memory to a file. The superuser still can.
    public static void hide() throws UnixException {
        Libc.prctl(Libc.PR_SET_DUMPABLE, 0);
    }

    /// Whether [#hide] was called.
    public static boolean isHidden() throws UnixException {
        return Libc.prctl(Libc.PR_GET_DUMPABLE, 0) == 0;
    }
}
