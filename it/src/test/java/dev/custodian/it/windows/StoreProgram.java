package dev.custodian.it.windows;

import dev.custodian.core.Bytes;
import dev.custodian.device.windows.CertificateStore;
import dev.custodian.device.windows.CertificateStore.Entry;
import dev.custodian.device.windows.SystemCertificateStore;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// Works on the real store of certificates, in a process of its own on Windows.
public final class StoreProgram {
    private static final int LONG_TEXT = 40_000;

    private StoreProgram() {}

    /// Does them.
    ///
    /// @param arguments one command or several, with `--` between them
    public static void main(String[] arguments) throws Throwable {
        for (var one : Commands.of(arguments)) {
            run(one.getFirst(), one.subList(1, one.size()));
        }
    }

    private static void run(String command, List<String> rest) throws Throwable {
        switch (command) {
            case "others" -> others(rest);
            case "list" -> list();
            case "cycles" ->
                    cycles(Integer.parseInt(rest.get(0)), der(rest.get(1)), der(rest.get(2)));
            // Words beyond ASCII do not survive the command line.
            case "add" -> add(der(rest.get(0)), rest.get(1), text(rest.get(2)));
            case "add-issuer" -> System.out.println("added " + store().addIssuer(der(rest.get(0))));
            case "clear" -> clear();
            default -> throw new IllegalArgumentException(command);
        }
    }

    private static CertificateStore store() {
        return Objects.requireNonNull(SystemCertificateStore.here());
    }

    private static Bytes der(String file) throws Exception {
        return Bytes.of(Files.readAllBytes(Path.of(file)));
    }

    private static String text(String hex) {
        return new String(Bytes.fromHex(hex).toArray(), StandardCharsets.UTF_8);
    }

    private static void list() throws Exception {
        var store = store();
        for (var entry : store.list()) {
            System.out.println(
                    "entry "
                            + entry.certificate().hex()
                            + " "
                            + entry.key()
                            + " "
                            + Bytes.utf8(entry.name()).hex());
        }
        for (var issuer : store.issuers()) {
            System.out.println("issuer " + issuer.hex());
        }
    }

    private static void add(Bytes certificate, String key, String name) throws Exception {
        System.out.println("added " + store().add(new Entry(certificate, key, name)));
    }

    private static void clear() throws Exception {
        var store = store();
        for (var entry : store.list()) {
            store.remove(entry.certificate());
        }
        for (var issuer : store.issuers()) {
            store.removeIssuer(issuer);
        }
    }

    private static void cycles(int count, Bytes certificate, Bytes issuer) throws Exception {
        var store = store();
        for (int i = 0; i < count; i++) {
            var wanted = new Entry(certificate, "crd_" + i, "Custodian: " + i);
            if (!store.add(wanted) || !store.addIssuer(issuer)) {
                throw new AssertionError("not added, in cycle " + i);
            }
            if (!store.list().contains(wanted) || !store.issuers().contains(issuer)) {
                throw new AssertionError("not found, in cycle " + i);
            }
            store.remove(certificate);
            store.removeIssuer(issuer);
        }
        System.out.println("cycles " + count);
    }

    /// What somebody else has there: a bare certificate in `MY`, one with another provider, one
    /// whose properties are larger than anybody's, and an issuer in `CA`.
    private static void others(List<String> files) throws Throwable {
        var crypt = new Crypt();
        crypt.add("MY", der(files.get(0)), "", "");
        crypt.add("MY", der(files.get(1)), "theirs", "Somebody Else's Provider");
        crypt.add("MY", der(files.get(2)), "k".repeat(LONG_TEXT), CertificateStore.PROVIDER);
        crypt.add("CA", der(files.get(3)), "", "");
    }

    /// As any program calls it.
    @SuppressWarnings("restricted")
    private static final class Crypt {
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
        private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
        private static final ValueLayout POINTER = ValueLayout.ADDRESS;

        private final SymbolLookup library =
                SymbolLookup.libraryLookup("crypt32.dll", Arena.global());

        private Object call(
                String name, MemoryLayout result, MemoryLayout[] types, Object... arguments)
                throws Throwable {
            var answer =
                    Linker.nativeLinker()
                            .downcallHandle(
                                    library.findOrThrow(name), FunctionDescriptor.of(result, types))
                            .invokeWithArguments(arguments);
            if (((Number) answer).longValue() == 0) {
                throw new AssertionError(name + " failed");
            }
            return answer;
        }

        private static MemoryLayout[] of(MemoryLayout... types) {
            return types;
        }

        void add(String name, Bytes der, String key, String provider) throws Throwable {
            try (var arena = Arena.ofConfined()) {
                var store =
                        call(
                                "CertOpenStore",
                                LONG,
                                of(LONG, INT, LONG, INT, POINTER),
                                10L,
                                0,
                                0L,
                                0x10000,
                                arena.allocateFrom(name, StandardCharsets.UTF_16LE));
                var octets = arena.allocateFrom(ValueLayout.JAVA_BYTE, der.toArray());
                var context =
                        call(
                                "CertCreateCertificateContext",
                                LONG,
                                of(INT, POINTER, INT),
                                1,
                                octets,
                                der.size());
                if (!provider.isEmpty()) {
                    var info = arena.allocate(48, 8);
                    info.set(LONG, 0, text(arena, key).address());
                    info.set(LONG, 8, text(arena, provider).address());
                    call(
                            "CertSetCertificateContextProperty",
                            INT,
                            of(LONG, INT, INT, POINTER),
                            context,
                            2,
                            0,
                            info);
                }
                call(
                        "CertAddCertificateContextToStore",
                        INT,
                        of(LONG, LONG, INT, LONG),
                        store,
                        context,
                        4,
                        0L);
                call("CertCloseStore", INT, of(LONG, INT), store, 0);
            }
        }

        private static MemorySegment text(Arena arena, String text) {
            return arena.allocateFrom(text, StandardCharsets.UTF_16LE);
        }
    }
}
