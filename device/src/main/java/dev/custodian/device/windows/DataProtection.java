package dev.custodian.device.windows;

import static dev.custodian.device.windows.Library.INT;
import static dev.custodian.device.windows.Library.LONG;
import static dev.custodian.device.windows.Library.POINTER;

import dev.custodian.core.Secret;
import dev.custodian.device.login.LoginSeal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The data protection of Windows (DPAPI) for the current user: what is sealed opens under the
/// user's login alone, and only with the same label and purpose.
public final class DataProtection implements LoginSeal {
    private static final String LABEL = "CUSTODIAN-DPAPI\1";
    private static final int UI_FORBIDDEN = 0x1;

    /// DATA_BLOB: a size u32, at 8 an address.
    private static final int BLOB = 16;

    private static final int ADDRESS = 8;
    private static final int LARGEST = 64 << 10;

    private final MethodHandle protect;
    private final MethodHandle unprotect;
    private final MethodHandle free;

    private DataProtection() throws WindowsException {
        var crypt = new Library("crypt32");
        protect =
                crypt.function(
                        "CryptProtectData", INT, POINTER, LONG, POINTER, LONG, LONG, INT, POINTER);
        unprotect =
                crypt.function(
                        "CryptUnprotectData",
                        INT,
                        POINTER,
                        LONG,
                        POINTER,
                        LONG,
                        LONG,
                        INT,
                        POINTER);
        free = new Library("kernel32").function("LocalFree", LONG, LONG);
    }

    /// What this system has; null for none.
    public static @Nullable DataProtection here() {
        try {
            return new DataProtection();
        } catch (WindowsException e) {
            return null;
        }
    }

    @Override
    public byte[] seal(String purpose, Secret plain) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var octets = arena.allocateFrom(ValueLayout.JAVA_BYTE, plain.expose());
            try {
                return run(arena, "CryptProtectData", protect, octets, purpose);
            } finally {
                octets.fill((byte) 0);
            }
        }
    }

    @Override
    public Secret open(String purpose, byte[] sealed) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var octets = arena.allocateFrom(ValueLayout.JAVA_BYTE, sealed);
            return Secret.owning(run(arena, "CryptUnprotectData", unprotect, octets, purpose));
        }
    }

    private byte[] run(
            Arena arena, String name, MethodHandle function, MemorySegment from, String purpose)
            throws WindowsException {
        var in = blob(arena, from);
        var label = (LABEL + purpose).getBytes(StandardCharsets.US_ASCII);
        var entropy = blob(arena, arena.allocateFrom(ValueLayout.JAVA_BYTE, label));
        var out = arena.allocate(BLOB, ADDRESS);
        var _ =
                Library.call(
                        name,
                        state ->
                                (int)
                                        function.invokeExact(
                                                state, in, 0L, entropy, 0L, 0L, UI_FORBIDDEN, out));
        return take(name, out);
    }

    private static MemorySegment blob(Arena arena, MemorySegment octets) {
        var blob = arena.allocate(BLOB, ADDRESS);
        blob.set(INT, 0, (int) octets.byteSize());
        blob.set(LONG, ADDRESS, octets.address());
        return blob;
    }

    /// Copies what the system allocated, and has it wiped and freed.
    private byte[] take(String name, MemorySegment out) throws WindowsException {
        int size = out.get(INT, 0);
        long address = out.get(LONG, ADDRESS);
        if (address == 0 || size < 0) {
            throw WindowsException.odd(name);
        }
        var octets = Library.at(address, size);
        try {
            if (size > LARGEST) {
                throw WindowsException.odd(name);
            }
            return octets.toArray(ValueLayout.JAVA_BYTE);
        } finally {
            octets.fill((byte) 0);
            free(address);
        }
    }

    private void free(long address) {
        try {
            // It answers 0 when it has freed.
            var _ = Library.call("LocalFree", state -> 1 | (long) free.invokeExact(state, address));
        } catch (WindowsException e) {
            throw new AssertionError("an answer that is never 0", e);
        }
    }
}
