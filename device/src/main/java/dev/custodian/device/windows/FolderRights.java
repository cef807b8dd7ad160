package dev.custodian.device.windows;

import static dev.custodian.device.windows.Library.INT;
import static dev.custodian.device.windows.Library.LONG;
import static dev.custodian.device.windows.Library.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/// In whose hands a folder is.
///
/// @param isOurs whether it is of the user whose process this is
/// @param strangers the SIDs of those who are allowed something there beside this user, the system
///   and the administrators
public record FolderRights(boolean isOurs, List<String> strangers) {
    private static final int OWNER_AND_DACL = 0x1 | 0x4;
    private static final int LARGEST = 64 << 10;
    private static final int SECURITY_ATTRIBUTES = 24;

    public FolderRights {
        strangers = List.copyOf(strangers);
    }

    /// Makes a folder that this user, the system and the administrators alone can enter; what is
    /// made in it inherits that.
    public static void make(Path folder) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var advapi = new Library("advapi32");
            var kernel = new Library("kernel32");
            var convert =
                    advapi.function(
                            "ConvertStringSecurityDescriptorToSecurityDescriptorW",
                            INT,
                            POINTER,
                            INT,
                            POINTER,
                            LONG);
            var create = kernel.function("CreateDirectoryW", INT, POINTER, POINTER);
            var free = kernel.function("LocalFree", LONG, LONG);
            var descriptor = arena.allocate(LONG);
            var rights =
                    Library.wide(
                            arena,
                            "D:P(A;OICI;FA;;;%s)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
                                    .formatted(CurrentUser.sid()));
            var _ =
                    Library.call(
                            "ConvertStringSecurityDescriptorToSecurityDescriptorW",
                            state -> (int) convert.invokeExact(state, rights, 1, descriptor, 0L));
            long made = descriptor.get(LONG, 0);
            try {
                var attributes = arena.allocate(SECURITY_ATTRIBUTES, 8);
                attributes.set(INT, 0, SECURITY_ATTRIBUTES);
                attributes.set(LONG, 8, made);
                var path = Library.wide(arena, folder.toAbsolutePath().toString());
                var _ =
                        Library.call(
                                "CreateDirectoryW",
                                state -> (int) create.invokeExact(state, path, attributes));
            } finally {
                var _ =
                        Library.call(
                                "LocalFree", state -> 1 | (long) free.invokeExact(state, made));
            }
        }
    }

    /// Asks the system.
    public static FolderRights of(Path folder) throws IOException {
        var get =
                new Library("advapi32")
                        .function("GetFileSecurityW", INT, POINTER, INT, POINTER, INT, POINTER);
        try (var arena = Arena.ofConfined()) {
            var path = Library.wide(arena, folder.toAbsolutePath().toString());
            var size = arena.allocate(INT);
            var found = arena.allocate(LARGEST, 8);
            var _ = security(get, path, found, size);
            var descriptor =
                    SecurityDescriptor.parse(
                            found.asSlice(0, Math.clamp(size.get(INT, 0), 0, LARGEST))
                                    .toArray(ValueLayout.JAVA_BYTE));
            var user = CurrentUser.sid();
            return new FolderRights(descriptor.isOf(user), descriptor.strangers(user));
        } catch (IllegalArgumentException e) {
            throw new IOException("the rights of " + folder + " are not understood", e);
        }
    }

    private static long security(
            MethodHandle get, MemorySegment path, MemorySegment found, MemorySegment size)
            throws WindowsException {
        return Library.call(
                "GetFileSecurityW",
                state -> (int) get.invokeExact(state, path, OWNER_AND_DACL, found, LARGEST, size));
    }
}
