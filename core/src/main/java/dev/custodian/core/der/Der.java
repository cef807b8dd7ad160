package dev.custodian.core.der;

import dev.custodian.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/// Elements in DER, as [DerReader] reads them: each method gives one element whole.
public final class Der {
    public static final Bytes NULL = Bytes.of((byte) Tag.NULL, (byte) 0);

    private static final int LONG = 0x80;
    private static final int LONGEST = 0xffff;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int FIRST_SHORT_YEAR = 1950;
    private static final int FIRST_LONG_YEAR = 2050;

    private Der() {}

    /// An element of these contents, one behind the other.
    ///
    /// @param tag see [Tag]
    /// @throws IllegalArgumentException when they are more than 65,535 octets
    public static Bytes of(int tag, Bytes... contents) {
        var content = Bytes.concat(contents);
        int size = content.size();
        if (size > LONGEST) {
            throw new IllegalArgumentException("an element of more than 65,535 octets");
        }
        var head =
                size < LONG
                        ? Bytes.of((byte) tag, (byte) size)
                        : size < 1 << 8
                                ? Bytes.of((byte) tag, (byte) (LONG + 1), (byte) size)
                                : Bytes.of(
                                        (byte) tag,
                                        (byte) (LONG + 2),
                                        (byte) (size >> 8),
                                        (byte) size);
        return Bytes.concat(head, content);
    }

    public static Bytes sequence(Bytes... contents) {
        return of(Tag.SEQUENCE, contents);
    }

    /// A SET of elements in the order of their octets (X.690 §11.6).
    public static Bytes set(Bytes... elements) {
        var sorted = elements.clone();
        Arrays.sort(sorted);
        return of(Tag.SET, sorted);
    }

    public static Bytes integer(BigInteger number) {
        return of(Tag.INTEGER, Bytes.of(number.toByteArray()));
    }

    /// X.690 §11.1: all ones for true.
    public static Bytes truth(boolean value) {
        return of(Tag.BOOLEAN, Bytes.of((byte) (value ? 0xff : 0)));
    }

    /// A BIT STRING of whole octets.
    public static Bytes bits(Bytes octets) {
        return of(Tag.BIT_STRING, Bytes.of((byte) 0), octets);
    }

    public static Bytes octets(Bytes octets) {
        return of(Tag.OCTET_STRING, octets);
    }

    public static Bytes utf8(String text) {
        return of(Tag.UTF8_STRING, Bytes.utf8(text));
    }

    /// An OBJECT IDENTIFIER (X.690 §8.19).
    ///
    /// @param dotted such as `2.5.4.3`; arcs of up to 31 bits
    public static Bytes oid(String dotted) {
        var out = new ByteArrayOutputStream();
        var arcs = dotted.split("\\.", -1);
        arc(out, 40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            arc(out, Integer.parseInt(arcs[i]));
        }
        return of(Tag.OBJECT_IDENTIFIER, Bytes.of(out.toByteArray()));
    }

    private static void arc(ByteArrayOutputStream out, int arc) {
        for (int shift = 28; shift > 0; shift -= 7) {
            if (arc >>> shift != 0) {
                out.write(0x80 | arc >>> shift & 0x7f);
            }
        }
        out.write(arc & 0x7f);
    }

    /// A time of a certificate: two digits for the years 1950 to 2049 (RFC 5280 §4.1.2.5).
    ///
    /// @param time the year has four digits
    public static Bytes time(Instant time) {
        var text = TIME.format(time);
        int year = time.atOffset(ZoneOffset.UTC).getYear();
        boolean isShort = year >= FIRST_SHORT_YEAR && year < FIRST_LONG_YEAR;
        return of(
                isShort ? Tag.UTC_TIME : Tag.GENERALIZED_TIME,
                Bytes.of((isShort ? text.substring(2) : text).getBytes(StandardCharsets.US_ASCII)));
    }

    /// `r | s` as the `ECDSA-Sig-Value` of X.509 and TLS (RFC 3279 §2.2.3).
    public static Bytes signature(Bytes signature) {
        int half = signature.size() / 2;
        return sequence(
                integer(new BigInteger(1, signature.slice(0, half).toArray())),
                integer(new BigInteger(1, signature.slice(half, 2 * half).toArray())));
    }
}
