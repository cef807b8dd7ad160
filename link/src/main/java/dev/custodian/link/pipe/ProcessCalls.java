package dev.custodian.link.pipe;

import static dev.custodian.link.pipe.Windows.ADVAPI32;
import static dev.custodian.link.pipe.Windows.BOOL;
import static dev.custodian.link.pipe.Windows.DWORD;
import static dev.custodian.link.pipe.Windows.HANDLE;
import static dev.custodian.link.pipe.Windows.KERNEL32;
import static dev.custodian.link.pipe.Windows.POINTER;
import static dev.custodian.link.pipe.Windows.call;
import static dev.custodian.link.pipe.Windows.close;
import static dev.custodian.link.pipe.Windows.number;
import static dev.custodian.link.pipe.Windows.require;
import static dev.custodian.link.pipe.Windows.text;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/// Processes and their users.
// Restricted since a wrong description crashes the process, as in Windows.
@SuppressWarnings("restricted")
final class ProcessCalls {
    static final int SYNCHRONIZE = 0x00100000;
    static final int PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
    static final int TOKEN_QUERY = 8;
    static final int TOKEN_USER = 1;
    static final int SDDL_REVISION_1 = 1;
    static final int SE_KERNEL_OBJECT = 6;
    static final int OWNER_SECURITY_INFORMATION = 1;

    private static final MethodHandle OPEN_PROCESS =
            Windows.of(KERNEL32, "OpenProcess", HANDLE, DWORD, BOOL, DWORD);
    private static final MethodHandle OPEN_PROCESS_TOKEN =
            Windows.of(ADVAPI32, "OpenProcessToken", BOOL, HANDLE, DWORD, POINTER);
    private static final MethodHandle GET_TOKEN_INFORMATION =
            Windows.of(
                    ADVAPI32, "GetTokenInformation", BOOL, HANDLE, DWORD, POINTER, DWORD, POINTER);
    private static final MethodHandle CONVERT_SID =
            Windows.of(ADVAPI32, "ConvertSidToStringSidW", BOOL, POINTER, POINTER);
    private static final MethodHandle LOCAL_FREE =
            Windows.of(KERNEL32, "LocalFree", HANDLE, POINTER);
    private static final MethodHandle GET_SECURITY_INFO =
            Windows.of(
                    ADVAPI32,
                    "GetSecurityInfo",
                    DWORD,
                    HANDLE,
                    DWORD,
                    DWORD,
                    POINTER,
                    POINTER,
                    POINTER,
                    POINTER,
                    POINTER);
    private static final MethodHandle SESSION_OF =
            Windows.of(KERNEL32, "ProcessIdToSessionId", BOOL, DWORD, POINTER);

    /// What the agent needs beside them.
    private static final class Serving {
        static final MethodHandle CONVERT_DESCRIPTOR =
                Windows.of(
                        ADVAPI32,
                        "ConvertStringSecurityDescriptorToSecurityDescriptorW",
                        BOOL,
                        POINTER,
                        DWORD,
                        POINTER,
                        POINTER);
        static final MethodHandle IMAGE =
                Windows.of(
                        KERNEL32,
                        "QueryFullProcessImageNameW",
                        BOOL,
                        HANDLE,
                        DWORD,
                        POINTER,
                        POINTER);
        static final MethodHandle TIMES =
                Windows.of(
                        KERNEL32,
                        "GetProcessTimes",
                        BOOL,
                        HANDLE,
                        POINTER,
                        POINTER,
                        POINTER,
                        POINTER);
    }

    private ProcessCalls() {}

    static int session(int process) throws WindowsException {
        return number(
                "ProcessIdToSessionId",
                (s, into) -> (int) SESSION_OF.invokeExact(s, process, into));
    }

    static long openProcess(int pid) throws WindowsException {
        return require(
                "OpenProcess",
                0,
                s ->
                        (long)
                                OPEN_PROCESS.invokeExact(
                                        s,
                                        PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE,
                                        0,
                                        pid));
    }

    static String image(long process) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            int most = 32_768;
            var size = arena.allocateFrom(DWORD, most);
            var text = arena.allocate(2L * most, 2);
            require(
                    "QueryFullProcessImageNameW",
                    0,
                    s -> (int) Serving.IMAGE.invokeExact(s, process, 0, text, size));
            return text.asSlice(0, 2L * (size.get(DWORD, 0) + 1))
                    .getString(0, StandardCharsets.UTF_16LE);
        }
    }

    /// When it started, in 100 ns since 1601.
    static long started(long process) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var times = arena.allocate(32, 8);
            require(
                    "GetProcessTimes",
                    0,
                    s ->
                            (int)
                                    Serving.TIMES.invokeExact(
                                            s,
                                            process,
                                            times,
                                            times.asSlice(8),
                                            times.asSlice(16),
                                            times.asSlice(24)));
            return times.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /// The user whose rights a process has, as text of its security identifier.
    static String user(long process) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var handle = arena.allocate(HANDLE);
            require(
                    "OpenProcessToken",
                    0,
                    s -> (int) OPEN_PROCESS_TOKEN.invokeExact(s, process, TOKEN_QUERY, handle));
            long token = handle.get(HANDLE, 0);
            try {
                // TOKEN_USER { SID_AND_ATTRIBUTES { PSID sid; DWORD attributes; } } and the SID
                var user = arena.allocate(256, 8);
                var size = arena.allocate(DWORD);
                require(
                        "GetTokenInformation",
                        0,
                        s ->
                                (int)
                                        GET_TOKEN_INFORMATION.invokeExact(
                                                s, token, TOKEN_USER, user, 256, size));
                return sid(arena, user.get(ValueLayout.ADDRESS, 0));
            } finally {
                close(token);
            }
        }
    }

    /// Whose an object of the system is, as text of a security identifier.
    static String owner(long object) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var owner = arena.allocate(POINTER);
            var descriptor = arena.allocate(POINTER);
            var none = MemorySegment.NULL;
            int error =
                    (int)
                            call(s ->
                                            (int)
                                                    GET_SECURITY_INFO.invokeExact(
                                                            s,
                                                            object,
                                                            SE_KERNEL_OBJECT,
                                                            OWNER_SECURITY_INFORMATION,
                                                            owner,
                                                            none,
                                                            none,
                                                            none,
                                                            descriptor))
                                    .answer();
            if (error != 0) {
                throw new WindowsException("GetSecurityInfo", error);
            }
            try {
                return sid(arena, owner.get(ValueLayout.ADDRESS, 0));
            } finally {
                free(descriptor.get(ValueLayout.ADDRESS, 0));
            }
        }
    }

    private static String sid(Arena arena, MemorySegment sid) throws WindowsException {
        var into = arena.allocate(POINTER);
        require("ConvertSidToStringSidW", 0, s -> (int) CONVERT_SID.invokeExact(s, sid, into));
        var text = into.get(ValueLayout.ADDRESS, 0);
        try {
            return text.reinterpret(1024).getString(0, StandardCharsets.UTF_16LE);
        } finally {
            free(text);
        }
    }

    /// A security descriptor; to be given to [#free].
    ///
    /// @param words in the security descriptor definition language
    static MemorySegment descriptor(String words) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var text = text(arena, words);
            var into = arena.allocate(POINTER);
            require(
                    "ConvertStringSecurityDescriptorToSecurityDescriptorW",
                    0,
                    s ->
                            (int)
                                    Serving.CONVERT_DESCRIPTOR.invokeExact(
                                            s, text, SDDL_REVISION_1, into, MemorySegment.NULL));
            return into.get(ValueLayout.ADDRESS, 0);
        }
    }

    static void free(MemorySegment memory) {
        var _ = call(s -> (long) LOCAL_FREE.invokeExact(s, memory));
    }
}
