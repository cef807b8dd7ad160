package dev.custodian.core;

import dev.custodian.core.MalformedException.Reason;

/// An identifier: a prefix that names its kind, and 26 lower-case base32 characters of 128 random
/// bits (FORMATS §0).
public record Id(Kind kind, String text) implements Comparable<Id> {
    /// What an identifier names.
    public enum Kind {
        OWNER("own_"),
        CREDENTIAL("crd_"),
        DEVICE("dev_"),
        AUTHORIZATION("aut_"),
        SLOT("slt_"),
        CONSENT("cns_");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }

        public String prefix() {
            return prefix;
        }
    }

    private static final int CHARACTERS = 26;

    public Id {
        try {
            check(kind, text);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /// Makes an identifier of 16 random octets, which the caller provides.
    public static Id of(Kind kind, Bytes random) {
        if (random.size() != 16) {
            throw new IllegalArgumentException("an identifier has 16 octets, not " + random.size());
        }
        return new Id(kind, kind.prefix + Base32.encode(random));
    }

    /// Reads an identifier that must be of `kind`.
    public static Id parse(Kind kind, String text) throws MalformedException {
        check(kind, text);
        return new Id(kind, text);
    }

    /// This identifier; an unchecked error when it names something else than a `wanted`.
    public Id require(Kind wanted) {
        if (kind != wanted) {
            throw new IllegalArgumentException("an id of " + kind + " in place of " + wanted);
        }
        return this;
    }

    private static void check(Kind kind, String text) throws MalformedException {
        if (text.length() != kind.prefix.length() + CHARACTERS) {
            throw new MalformedException(Reason.SIZE, "an identifier has 30 characters");
        }
        if (!text.startsWith(kind.prefix)) {
            throw new MalformedException("not an identifier that begins with " + kind.prefix);
        }
        Base32.decode(text.substring(kind.prefix.length()), 16);
    }

    @Override
    public int compareTo(Id other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
