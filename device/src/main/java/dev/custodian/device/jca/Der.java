package dev.custodian.device.jca;

import dev.custodian.core.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/// What we write in DER (X.690): certificates, requests, ECDSA signatures.
final class Der {
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;
    static final byte[] NULL = {5, 0};

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int UTC_TIME_ENDS = 2050;

    private Der() {}

    static byte[] of(int tag, byte[]... parts) {
        int size = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (size < 0x80) {
            out.write(size);
        } else {
            var length = new BigInteger(1, Bytes.u32(size).toArray()).toByteArray();
            int from = length[0] == 0 ? 1 : 0;
            out.write(0x80 | length.length - from);
            out.write(length, from, length.length - from);
        }
        for (var part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] sequence(byte[]... parts) {
        return of(SEQUENCE, parts);
    }

    static byte[] integer(BigInteger number) {
        return of(0x02, number.toByteArray());
    }

    static byte[] bits(byte[] octets) {
        return of(0x03, new byte[] {0}, octets);
    }

    static byte[] octets(byte[] octets) {
        return of(0x04, octets);
    }

    static byte[] utf8(String text) {
        return of(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] oid(String dotted) {
        var out = new ByteArrayOutputStream();
        var arcs = dotted.split("\\.", -1);
        arc(out, 40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            arc(out, Integer.parseInt(arcs[i]));
        }
        return of(0x06, out.toByteArray());
    }

    private static void arc(ByteArrayOutputStream out, int arc) {
        for (int shift = 28; shift > 0; shift -= 7) {
            if (arc >>> shift != 0) {
                out.write(0x80 | arc >>> shift & 0x7f);
            }
        }
        out.write(arc & 0x7f);
    }

    /// RFC 5280 §4.1.2.5: two digits for the year up to 2049.
    static byte[] time(Instant time) {
        var text = TIME.format(time);
        boolean isShort = time.atOffset(ZoneOffset.UTC).getYear() < UTC_TIME_ENDS;
        return of(
                isShort ? 0x17 : 0x18,
                (isShort ? text.substring(2) : text).getBytes(StandardCharsets.US_ASCII));
    }

    /// `r | s` as the `ECDSA-Sig-Value` of X.509 and TLS (RFC 3279 §2.2.3).
    static byte[] signature(Bytes signature) {
        int half = signature.size() / 2;
        return sequence(
                integer(new BigInteger(1, signature.slice(0, half).toArray())),
                integer(new BigInteger(1, signature.slice(half, 2 * half).toArray())));
    }
}
