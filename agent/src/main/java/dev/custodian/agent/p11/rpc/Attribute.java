package dev.custodian.agent.p11.rpc;

import dev.custodian.core.Bytes;
import java.util.List;
import java.util.Set;

/// An attribute of an object (PKCS#11 §4.4).
///
/// @param type its `CKA_` number, one of [Cka] or any other
public record Attribute(int type, Value value) {
    /// What an attribute holds.
    public sealed interface Value {
        /// Octets that it takes in a program's memory, where a `CK_ULONG` has eight.
        int size();
    }

    /// A `CK_BBOOL`.
    public record Flag(boolean set) implements Value {
        @Override
        public int size() {
            return 1;
        }
    }

    /// A `CK_ULONG`.
    public record Ulong(long number) implements Value {
        @Override
        public int size() {
            return Long.BYTES;
        }
    }

    /// Of `CKA_ALLOWED_MECHANISMS`.
    public record Mechanisms(List<Long> numbers) implements Value {
        public Mechanisms {
            numbers = List.copyOf(numbers);
        }

        @Override
        public int size() {
            return Long.BYTES * numbers.size();
        }
    }

    /// Everything else, a `CK_DATE` too.
    public record Octets(Bytes octets) implements Value {
        @Override
        public int size() {
            return octets.size();
        }
    }

    /// How the value of a type travels. What the protocol does not list travels as octets.
    enum Kind {
        FLAG,
        NUMBER,
        MECHANISMS,
        TEMPLATE,
        OCTETS;

        private static final Set<Integer> FLAGS =
                Set.of(
                        0x1, 0x2, 0x86, 0x103, 0x104, 0x105, 0x106, 0x107, 0x108, 0x109, 0x10a,
                        0x10b, 0x10c, 0x162, 0x163, 0x164, 0x165, 0x170, 0x171, 0x200, 0x202, 0x210,
                        0x301, 0x302, 0x405);
        private static final Set<Integer> NUMBERS =
                Set.of(
                        0x0, 0x80, 0x87, 0x88, 0x100, 0x121, 0x133, 0x134, 0x160, 0x161, 0x166,
                        0x201, 0x300, 0x400, 0x401, 0x402, 0x403, 0x404, 0x406, 0x500);
        private static final Set<Integer> TEMPLATES = Set.of(0x40000211, 0x40000212, 0x40000213);

        static Kind of(int type) {
            if (type == Cka.ALLOWED_MECHANISMS) {
                return MECHANISMS;
            }
            return FLAGS.contains(type)
                    ? FLAG
                    : NUMBERS.contains(type)
                            ? NUMBER
                            : TEMPLATES.contains(type) ? TEMPLATE : OCTETS;
        }
    }
}
