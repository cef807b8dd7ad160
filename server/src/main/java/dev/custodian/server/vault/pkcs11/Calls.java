package dev.custodian.server.vault.pkcs11;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// Calls of C functions by address. One handle for each list of arguments, which the compiler sees
/// through: `U` stands for a CK_ULONG, `P` for a pointer, `B` for a CK_BBOOL. All return CK_RV.
// Restricted since wrong descriptions crash the process: they are all here.
@SuppressWarnings("restricted")
final class Calls {
    static final MethodHandle P = of("P");
    static final MethodHandle U = of("U");
    static final MethodHandle UU = of("UU");
    static final MethodHandle UP = of("UP");
    static final MethodHandle BPP = of("BPP");
    static final MethodHandle UPP = of("UPP");
    static final MethodHandle UPU = of("UPU");
    static final MethodHandle UUP = of("UUP");
    static final MethodHandle UPUP = of("UPUP");
    static final MethodHandle UUPU = of("UUPU");
    static final MethodHandle UUPPP = of("UUPPP");
    static final MethodHandle UPUPP = of("UPUPP");
    static final MethodHandle UUPUP = of("UUPUP");
    static final MethodHandle UPPUP = of("UPPUP");
    static final MethodHandle UPUUPP = of("UPUUPP");
    static final MethodHandle UPPUPUPP = of("UPPUPUPP");
    static final MethodHandle UPUPUPUP = of("UPUPUPUP");

    private Calls() {}

    /// Takes the function's address and its arguments, numbers as `long`; returns CK_RV as `long`.
    private static MethodHandle of(String shape) {
        var arguments = shape.chars().mapToObj(Calls::layout).toArray(MemoryLayout[]::new);
        var handle =
                Linker.nativeLinker()
                        .downcallHandle(FunctionDescriptor.of(Abi.HOST.argument(), arguments));
        var types = shape.chars().mapToObj(Calls::type).toArray(Class<?>[]::new);
        var wide = MethodType.methodType(long.class, MemorySegment.class, types);
        // Where CK_RV has 4 octets, a vendor's comes out negative: whoever asks masks it.
        return MethodHandles.explicitCastArguments(handle, wide);
    }

    private static MemoryLayout layout(int kind) {
        return switch (kind) {
            case 'U' -> Abi.HOST.argument();
            case 'B' -> ValueLayout.JAVA_BYTE;
            default -> ValueLayout.ADDRESS;
        };
    }

    private static Class<?> type(int kind) {
        return switch (kind) {
            case 'U' -> long.class;
            case 'B' -> byte.class;
            default -> MemorySegment.class;
        };
    }

    /// One call of a handle with what it takes.
    interface Call {
        long at(MemorySegment address) throws Throwable;
    }

    /// Calls and returns CK_RV.
    static long call(MemorySegment address, Call call) {
        try {
            long rv = call.at(address);
            return Abi.HOST.ulong() == 8 ? rv : rv & 0xffffffffL;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a C function threw", e);
        }
    }
}
