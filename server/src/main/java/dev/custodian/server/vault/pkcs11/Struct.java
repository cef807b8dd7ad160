package dev.custodian.server.vault.pkcs11;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/// The structures that we read and write, by the names of the standard, with the offset of each
/// member on each system.
enum Struct {
    CK_TOKEN_INFO(
            octets("label", 32),
            octets("manufacturerID", 32),
            octets("model", 16),
            octets("serialNumber", 16),
            number("flags"),
            number("ulMaxSessionCount"),
            number("ulSessionCount"),
            number("ulMaxRwSessionCount"),
            number("ulRwSessionCount"),
            number("ulMaxPinLen"),
            number("ulMinPinLen"),
            number("ulTotalPublicMemory"),
            number("ulFreePublicMemory"),
            number("ulTotalPrivateMemory"),
            number("ulFreePrivateMemory"),
            octets("hardwareVersion", 2),
            octets("firmwareVersion", 2),
            octets("utcTime", 16)),
    CK_ATTRIBUTE(number("type"), pointer("pValue"), number("ulValueLen")),
    CK_MECHANISM(number("mechanism"), pointer("pParameter"), number("ulParameterLen")),
    CK_RSA_PKCS_PSS_PARAMS(number("hashAlg"), number("mgf"), number("sLen")),
    CK_C_INITIALIZE_ARGS(
            pointer("CreateMutex"),
            pointer("DestroyMutex"),
            pointer("LockMutex"),
            pointer("UnlockMutex"),
            number("flags"),
            pointer("pReserved")),
    CK_FUNCTION_LIST(Function.members());

    /// A member.
    ///
    /// @param count octets, where it is an array of them
    record Member(String name, Kind kind, int count) {}

    enum Kind {
        OCTETS,
        NUMBER,
        POINTER
    }

    private final List<Member> members;
    private final Map<Abi, long[]> offsets = new EnumMap<>(Abi.class);

    Struct(Member... members) {
        this.members = List.of(members);
        for (var abi : Abi.values()) {
            offsets.put(abi, lay(abi));
        }
    }

    static Member octets(String name, int count) {
        return new Member(name, Kind.OCTETS, count);
    }

    static Member number(String name) {
        return new Member(name, Kind.NUMBER, 1);
    }

    static Member pointer(String name) {
        return new Member(name, Kind.POINTER, 1);
    }

    /// The offset of each member, and the whole size last.
    private long[] lay(Abi abi) {
        var laid = new long[members.size() + 1];
        long at = 0;
        long widest = 1;
        for (int i = 0; i < laid.length - 1; i++) {
            var member = members.get(i);
            int size =
                    switch (member.kind()) {
                        case OCTETS -> 1;
                        case NUMBER -> abi.ulong();
                        case POINTER -> 8;
                    };
            int alignment = Math.min(size, abi.alignment());
            widest = Math.max(widest, alignment);
            laid[i] = up(at, alignment);
            at = laid[i] + (long) size * member.count();
        }
        laid[members.size()] = up(at, widest);
        return laid;
    }

    private static long up(long at, long alignment) {
        return (at + alignment - 1) / alignment * alignment;
    }

    private long[] laid(Abi abi) {
        return Objects.requireNonNull(offsets.get(abi));
    }

    List<Member> members() {
        return members;
    }

    /// Octets from the start of the structure to a member.
    long offset(Abi abi, int member) {
        return laid(abi)[member];
    }

    /// Octets from the start of the structure to a member.
    long offset(Abi abi, String member) {
        return offset(
                abi,
                IntStream.range(0, members.size())
                        .filter(i -> members.get(i).name().equals(member))
                        .findFirst()
                        .orElseThrow());
    }

    /// Octets of one in an array.
    long size(Abi abi) {
        return offset(abi, members.size());
    }
}
