package dev.custodian.link;

import dev.custodian.core.Bytes;
import java.time.Duration;
import java.time.Instant;

/// What a field may hold, told to whoever makes a message; the decoder checks the same by itself.
final class Limits {
    /// Octets of the name of a credential, program or check.
    static final int NAME = 256;

    /// Octets of a version.
    static final int VERSION = 64;

    /// Octets of whatever a person reads.
    static final int TEXT = 4096;

    static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
    static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    static final long U32 = 0xffff_ffffL;

    private Limits() {}

    static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    static void text(String what, String text, int least, int most) {
        int size = Bytes.utf8(text).size();
        require(size >= least && size <= most, what + " of " + size + " octets");
    }

    static void u32(String what, long value) {
        require(value >= 0 && value <= U32, what + " is no u32");
    }

    /// One unit to `most`, in whole units.
    static void whole(String units, Duration time, Duration unit, Duration most) {
        require(
                time.isPositive()
                        && time.compareTo(most) <= 0
                        && unit.multipliedBy(time.dividedBy(unit)).equals(time),
                "a time of whole " + units + " up to " + most);
    }

    static void time(Instant time) {
        require(!time.isBefore(EARLIEST) && !time.isAfter(LATEST), "a year of four digits");
    }

    /// The beginning of `text` that fits into `most` octets, whole characters only.
    static String cut(String text, int most) {
        if (Bytes.utf8(text).size() <= most) {
            return text;
        }
        int end = Math.min(text.length(), most);
        while (Bytes.utf8(text.substring(0, end)).size() > most - 3) {
            end = text.offsetByCodePoints(end, -1);
        }
        return text.substring(0, end) + "…";
    }
}
