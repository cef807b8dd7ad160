package dev.custodian.device.windows;

import static dev.custodian.device.windows.Library.INT;
import static dev.custodian.device.windows.Library.LONG;
import static dev.custodian.device.windows.Library.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/// Whose process this is.
final class CurrentUser {
    private static final int TOKEN_QUERY = 0x8;
    private static final int TOKEN_USER = 1;
    private static final int LARGEST = 1024;

    private CurrentUser() {}

    /// The user's SID as text.
    static String sid() throws WindowsException {
        var advapi = new Library("advapi32");
        var kernel = new Library("kernel32");
        var open = advapi.function("OpenProcessToken", INT, LONG, INT, POINTER);
        var ask = advapi.function("GetTokenInformation", INT, LONG, INT, POINTER, INT, POINTER);
        var self = kernel.function("GetCurrentProcess", LONG);
        var close = kernel.function("CloseHandle", INT, LONG);
        try (var arena = Arena.ofConfined()) {
            var handle = arena.allocate(LONG);
            long process =
                    Library.call("GetCurrentProcess", state -> (long) self.invokeExact(state));
            var _ =
                    Library.call(
                            "OpenProcessToken",
                            state -> (int) open.invokeExact(state, process, TOKEN_QUERY, handle));
            long token = handle.get(LONG, 0);
            try {
                var user = arena.allocate(LARGEST, 8);
                var size = arena.allocate(INT);
                var _ =
                        Library.call(
                                "GetTokenInformation",
                                state ->
                                        (int)
                                                ask.invokeExact(
                                                        state,
                                                        token,
                                                        TOKEN_USER,
                                                        user,
                                                        LARGEST,
                                                        size));
                // TOKEN_USER begins with the SID's address, which is behind it.
                long at = user.get(LONG, 0) - user.address();
                return SecurityDescriptor.sid(
                        user.toArray(ValueLayout.JAVA_BYTE), Math.toIntExact(at));
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw WindowsException.odd("GetTokenInformation");
            } finally {
                var _ = Library.call("CloseHandle", state -> (int) close.invokeExact(state, token));
            }
        }
    }
}
