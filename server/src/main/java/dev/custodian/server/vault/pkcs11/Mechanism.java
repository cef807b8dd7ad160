package dev.custodian.server.vault.pkcs11;

import dev.custodian.core.HashAlgorithm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A mechanism with its parameter.
public final class Mechanism {
    private final long type;
    private final Parameter parameter;

    private Mechanism(long type, Parameter parameter) {
        this.type = type;
        this.parameter = parameter;
    }

    private interface Parameter {
        MemorySegment encode(Arena arena, Abi abi);
    }

    /// Without a parameter.
    ///
    /// @param type CKM_…
    public static Mechanism of(long type) {
        return new Mechanism(type, (_, _) -> MemorySegment.NULL);
    }

    /// With an initialisation vector, or whatever else the mechanism takes as octets.
    public static Mechanism of(long type, byte[] octets) {
        var copy = octets.clone();
        return new Mechanism(type, (arena, _) -> arena.allocateFrom(ValueLayout.JAVA_BYTE, copy));
    }

    /// RSASSA-PSS over a ready digest, MGF1 with the same hash.
    ///
    /// @param salt octets
    public static Mechanism pss(HashAlgorithm hash, int salt) {
        return new Mechanism(
                Cryptoki.CKM_RSA_PKCS_PSS,
                (arena, abi) -> {
                    var struct = Struct.CK_RSA_PKCS_PSS_PARAMS;
                    var encoded = arena.allocate(struct.size(abi), 8);
                    abi.put(encoded, struct.offset(abi, 0), hash.ckm());
                    abi.put(encoded, struct.offset(abi, 1), hash.ckgMgf1());
                    abi.put(encoded, struct.offset(abi, 2), salt);
                    return encoded;
                });
    }

    /// CKM_….
    public long type() {
        return type;
    }

    /// CK_MECHANISM.
    MemorySegment encode(Arena arena, Abi abi) {
        var struct = Struct.CK_MECHANISM;
        var encoded = arena.allocate(struct.size(abi), 8);
        var octets = parameter.encode(arena, abi);
        abi.put(encoded, struct.offset(abi, 0), type);
        Abi.put(encoded, struct.offset(abi, 1), octets);
        abi.put(encoded, struct.offset(abi, 2), octets.byteSize());
        return encoded;
    }
}
