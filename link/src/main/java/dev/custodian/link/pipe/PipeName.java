package dev.custodian.link.pipe;

/// Where the agent of a user listens: one pipe for each of his sessions at the machine, so that the
/// question appears on the screen that the program was started on.
///
/// @param text `\\.\pipe\custodian-SID-SESSION`, with the user's security identifier and the number
///   of the session
/// @param user that security identifier: whom both ends have to belong to
public record PipeName(String text, String user) {
    /// That of the user who runs this process.
    public static PipeName ours() throws WindowsException {
        int process = Math.toIntExact(ProcessHandle.current().pid());
        try (var own = WindowsProcess.open(process)) {
            return of(own.user(), ProcessCalls.session(process));
        }
    }

    static PipeName of(String user, int session) {
        return new PipeName(
                "\\\\.\\pipe\\custodian-" + user + "-" + Integer.toUnsignedString(session), user);
    }
}
