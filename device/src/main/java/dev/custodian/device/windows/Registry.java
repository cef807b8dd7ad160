package dev.custodian.device.windows;

import static dev.custodian.device.windows.Library.INT;
import static dev.custodian.device.windows.Library.LONG;
import static dev.custodian.device.windows.Library.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// What is set up on this machine for all of its users.
public final class Registry {
    private static final long LOCAL_MACHINE = 0xffff_ffff_8000_0002L;
    private static final int TEXT_ONLY = 0x2;
    private static final int LARGEST = 4096;
    private static final int NOT_FOUND = 2;

    private Registry() {}

    /// A text of `HKEY_LOCAL_MACHINE`; null when it is not there. Fails when it is no text, or a
    /// longer one than anybody needs.
    public static @Nullable String machineText(String key, String value) throws IOException {
        var get =
                new Library("advapi32")
                        .function(
                                "RegGetValueW",
                                INT,
                                LONG,
                                POINTER,
                                POINTER,
                                INT,
                                LONG,
                                POINTER,
                                POINTER);
        try (var arena = Arena.ofConfined()) {
            var in = Library.wide(arena, key);
            var name = Library.wide(arena, value);
            var size = arena.allocate(INT);
            size.set(INT, 0, LARGEST);
            var found = arena.allocate(LARGEST);
            // 0 is success
            long status =
                    Library.call(
                                    "RegGetValueW",
                                    state ->
                                            1L
                                                    + (int)
                                                            get.invokeExact(
                                                                    state,
                                                                    LOCAL_MACHINE,
                                                                    in,
                                                                    name,
                                                                    TEXT_ONLY,
                                                                    0L,
                                                                    found,
                                                                    size))
                            - 1;
            if (status == NOT_FOUND) {
                return null;
            }
            if (status != 0) {
                throw WindowsException.failed("RegGetValueW", (int) status);
            }
            return KeyInfo.text(found.toArray(ValueLayout.JAVA_BYTE), 0);
        }
    }
}
