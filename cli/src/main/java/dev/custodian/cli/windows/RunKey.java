package dev.custodian.cli.windows;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// `HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run`: takes no administrator.
// Restricted since wrong descriptions crash the process: they are all here.
@SuppressWarnings("restricted")
public final class RunKey implements LogonPrograms {
    private static final String KEY = "Software\\Microsoft\\Windows\\CurrentVersion\\Run";

    private static final long CURRENT_USER = 0xffff_ffff_8000_0001L;
    private static final int TEXT = 1;
    private static final int TEXT_ONLY = 0x2;
    private static final int NOT_FOUND = 2;
    private static final int LARGEST = 64 << 10;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout POINTER = ValueLayout.ADDRESS;

    private final MethodHandle get;
    private final MethodHandle set;
    private final MethodHandle delete;

    /// Fails where there is no registry.
    public RunKey() throws IOException {
        try {
            var library = SymbolLookup.libraryLookup("advapi32.dll", Arena.global());
            get = function(library, "RegGetValueW", POINTER, POINTER, INT, LONG, POINTER, POINTER);
            set = function(library, "RegSetKeyValueW", POINTER, POINTER, INT, POINTER, INT);
            delete = function(library, "RegDeleteKeyValueW", POINTER, POINTER);
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new IOException("this system has no registry", e);
        }
    }

    /// One that takes a root first and answers an error, 0 for none.
    private static MethodHandle function(
            SymbolLookup library, String name, MemoryLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(
                        library.findOrThrow(name),
                        FunctionDescriptor.of(INT, arguments).insertArgumentLayouts(0, LONG));
    }

    private interface Call {
        int with(Arena arena) throws Throwable;
    }

    /// @return whether it was there
    private static boolean call(String function, Call call) throws IOException {
        try (var arena = Arena.ofConfined()) {
            int error = call.with(arena);
            if (error != 0 && error != NOT_FOUND) {
                throw new IOException(function + " failed: error " + error);
            }
            return error == 0;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a function of the system threw", e);
        }
    }

    private static MemorySegment wide(Arena arena, String text) {
        return arena.allocateFrom(text, StandardCharsets.UTF_16LE);
    }

    @Override
    public @Nullable String commandLine(String name) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var found = arena.allocate(LARGEST + 2);
            var size = arena.allocate(INT);
            size.set(INT, 0, LARGEST);
            boolean there =
                    call(
                            "RegGetValueW",
                            texts ->
                                    (int)
                                            get.invokeExact(
                                                    CURRENT_USER,
                                                    wide(texts, KEY),
                                                    wide(texts, name),
                                                    TEXT_ONLY,
                                                    0L,
                                                    found,
                                                    size));
            return there ? found.getString(0, StandardCharsets.UTF_16LE) : null;
        }
    }

    @Override
    public void set(String name, String commandLine) throws IOException {
        var _ =
                call(
                        "RegSetKeyValueW",
                        arena -> {
                            var value = wide(arena, commandLine);
                            return (int)
                                    set.invokeExact(
                                            CURRENT_USER,
                                            wide(arena, KEY),
                                            wide(arena, name),
                                            TEXT,
                                            value,
                                            (int) value.byteSize());
                        });
    }

    @Override
    public void remove(String name) throws IOException {
        var _ =
                call(
                        "RegDeleteKeyValueW",
                        arena ->
                                (int)
                                        delete.invokeExact(
                                                CURRENT_USER, wide(arena, KEY), wide(arena, name)));
    }
}
