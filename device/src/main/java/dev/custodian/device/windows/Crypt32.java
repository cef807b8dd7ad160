package dev.custodian.device.windows;

import static dev.custodian.device.windows.Library.INT;
import static dev.custodian.device.windows.Library.LONG;
import static dev.custodian.device.windows.Library.POINTER;

import dev.custodian.core.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// The functions of `crypt32` for stores of certificates. Stores and contexts are numbers, 0 for
/// none; whoever gets one frees it.
final class Crypt32 {
    static final int KEY_PROV_INFO = 2;
    static final int FRIENDLY_NAME = 11;

    private static final int ENCODING = 0x10001;
    private static final long PROV_SYSTEM = 10;
    private static final int CURRENT_USER = 0x10000;
    private static final int FIND_EXISTING = 13 << 16;
    private static final int ADD_NEW = 1;
    private static final int COMMIT = 3;
    private static final int NOT_FOUND = 0x80092004;

    /// CERT_CONTEXT: at 8 the certificate's address, at 16 its size u32.
    private static final int CONTEXT = 40;

    private static final int LARGEST = 64 << 10;

    private final MethodHandle open;
    private final MethodHandle close;
    private final MethodHandle control;
    private final MethodHandle create;
    private final MethodHandle free;
    private final MethodHandle enumerate;
    private final MethodHandle find;
    private final MethodHandle get;
    private final MethodHandle set;
    private final MethodHandle add;
    private final MethodHandle delete;

    Crypt32() throws WindowsException {
        var library = new Library("crypt32");
        open = library.function("CertOpenStore", LONG, LONG, INT, LONG, INT, POINTER);
        close = library.function("CertCloseStore", INT, LONG, INT);
        control = library.function("CertControlStore", INT, LONG, INT, INT, LONG);
        create = library.function("CertCreateCertificateContext", LONG, INT, POINTER, INT);
        free = library.function("CertFreeCertificateContext", INT, LONG);
        enumerate = library.function("CertEnumCertificatesInStore", LONG, LONG, LONG);
        find =
                library.function(
                        "CertFindCertificateInStore", LONG, LONG, INT, INT, INT, LONG, LONG);
        get =
                library.function(
                        "CertGetCertificateContextProperty", INT, LONG, INT, POINTER, POINTER);
        set = library.function("CertSetCertificateContextProperty", INT, LONG, INT, INT, POINTER);
        add = library.function("CertAddCertificateContextToStore", INT, LONG, LONG, INT, LONG);
        delete = library.function("CertDeleteCertificateFromStore", INT, LONG);
    }

    /// Opens a store of the current user.
    long open(String name) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var text = Library.wide(arena, name);
            return Library.call(
                    "CertOpenStore",
                    state ->
                            (long) open.invokeExact(state, PROV_SYSTEM, 0, 0L, CURRENT_USER, text));
        }
    }

    void close(long store) throws WindowsException {
        var _ = Library.call("CertCloseStore", state -> (int) close.invokeExact(state, store, 0));
    }

    /// Has the changes written: without it some systems forget deletions.
    void commit(long store) throws WindowsException {
        var _ =
                Library.call(
                        "CertControlStore",
                        state -> (int) control.invokeExact(state, store, 0, COMMIT, 0L));
    }

    /// A certificate that is in no store.
    long create(Bytes certificate) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var octets = arena.allocateFrom(ValueLayout.JAVA_BYTE, certificate.toArray());
            return Library.call(
                    "CertCreateCertificateContext",
                    state ->
                            (long) create.invokeExact(state, ENCODING, octets, certificate.size()));
        }
    }

    void free(long context) throws WindowsException {
        var _ =
                Library.call(
                        "CertFreeCertificateContext",
                        state -> (int) free.invokeExact(state, context));
    }

    /// The context after `before`, which is freed; 0 at the end.
    long next(long store, long before) throws WindowsException {
        return orNone(
                "CertEnumCertificatesInStore",
                state -> (long) enumerate.invokeExact(state, store, before));
    }

    /// The same certificate in a store; 0 for none.
    long find(long store, long context) throws WindowsException {
        return orNone(
                "CertFindCertificateInStore",
                state ->
                        (long)
                                find.invokeExact(
                                        state, store, ENCODING, 0, FIND_EXISTING, context, 0L));
    }

    private static long orNone(String function, Library.Call call) throws WindowsException {
        try {
            return Library.call(function, call);
        } catch (WindowsException e) {
            // Wine ends an enumeration without a reason.
            if (e.code() == NOT_FOUND || e.code() == 0) {
                return 0;
            }
            throw e;
        }
    }

    /// In DER; null for one that is larger than any of ours.
    @Nullable Bytes certificate(long context) {
        var found = Library.at(context, CONTEXT);
        int size = found.get(INT, 16);
        return size < 0 || size > LARGEST
                ? null
                : Bytes.of(Library.at(found.get(LONG, 8), size).toArray(ValueLayout.JAVA_BYTE));
    }

    /// Which key goes with it; null for none that can be read.
    @Nullable KeyInfo keyInfo(long context) {
        try (var arena = Arena.ofConfined()) {
            var found = property(arena, context, KEY_PROV_INFO);
            return found == null
                    ? null
                    : KeyInfo.parse(found.toArray(ValueLayout.JAVA_BYTE), found.address());
        }
    }

    /// What lists show; empty for nothing that can be read.
    String friendlyName(long context) {
        try (var arena = Arena.ofConfined()) {
            var found = property(arena, context, FRIENDLY_NAME);
            var text = found == null ? null : KeyInfo.text(found.toArray(ValueLayout.JAVA_BYTE), 0);
            return text == null ? "" : text;
        }
    }

    private @Nullable MemorySegment property(Arena arena, long context, int id) {
        var size = arena.allocate(INT);
        size.set(INT, 0, LARGEST);
        var found = arena.allocate(LARGEST, 8);
        try {
            var _ =
                    Library.call(
                            "CertGetCertificateContextProperty",
                            state -> (int) get.invokeExact(state, context, id, found, size));
        } catch (WindowsException e) {
            // not there, or larger than anything of ours
            return null;
        }
        return found.asSlice(0, Math.clamp(size.get(INT, 0), 0, LARGEST));
    }

    /// Links a context that is in no store yet with a key; a store may not keep it otherwise.
    void setKeyInfo(long context, KeyInfo info) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            // Type, flags, parameters and the kind of the key are 0: a key of a CNG provider.
            var value = arena.allocate(KeyInfo.SIZE, 8);
            value.set(LONG, 0, Library.wide(arena, info.key()).address());
            value.set(LONG, KeyInfo.PROVIDER_AT, Library.wide(arena, info.provider()).address());
            set(context, KEY_PROV_INFO, value);
        }
    }

    /// The same for what lists show.
    void setFriendlyName(long context, String name) throws WindowsException {
        try (var arena = Arena.ofConfined()) {
            var text = Library.wide(arena, name);
            var blob = arena.allocate(16, 8);
            blob.set(INT, 0, (int) text.byteSize());
            blob.set(LONG, 8, text.address());
            set(context, FRIENDLY_NAME, blob);
        }
    }

    private void set(long context, int id, MemorySegment value) throws WindowsException {
        var _ =
                Library.call(
                        "CertSetCertificateContextProperty",
                        state -> (int) set.invokeExact(state, context, id, 0, value));
    }

    /// Copies a context with its properties into a store that does not have it.
    void addNew(long store, long context) throws WindowsException {
        var _ =
                Library.call(
                        "CertAddCertificateContextToStore",
                        state -> (int) add.invokeExact(state, store, context, ADD_NEW, 0L));
    }

    /// Deletes a context out of its store, and frees it, whether it can or not.
    void delete(long context) throws WindowsException {
        var _ =
                Library.call(
                        "CertDeleteCertificateFromStore",
                        state -> (int) delete.invokeExact(state, context));
    }
}
