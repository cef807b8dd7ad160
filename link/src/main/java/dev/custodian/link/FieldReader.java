package dev.custodian.link;

import dev.custodian.core.Bytes;
import dev.custodian.core.Id;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.SignatureScheme;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Reads fields in their fixed order. Each length and count is checked against its limit and
/// against what is left before anything is made of it.
final class FieldReader {
    private final Bytes octets;
    private int at;

    FieldReader(Bytes octets) {
        this.octets = octets;
    }

    /// Reads one item of a list.
    @FunctionalInterface
    interface Item<T> {
        T read(FieldReader in) throws MalformedException;
    }

    int u8(String what) throws MalformedException {
        return (int) number(what, 1);
    }

    int u16(String what) throws MalformedException {
        return (int) number(what, 2);
    }

    long u32(String what) throws MalformedException {
        return number(what, 4);
    }

    /// All 64 bits, also where they are below zero in Java.
    long u64(String what) throws MalformedException {
        return number(what, 8);
    }

    private long number(String what, int size) throws MalformedException {
        requireLeft(what, size);
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | octets.at(at++) & 0xff;
        }
        return value;
    }

    long number(String what, long value, long least, long most) throws MalformedException {
        if (value < least || value > most) {
            throw new MalformedException(what + " is not from " + least + " to " + most);
        }
        return value;
    }

    /// `u8`: 0 or 1, for a truth or before what may be absent.
    boolean flag(String what) throws MalformedException {
        int value = u8(what);
        if (value > 1) {
            throw new MalformedException(Reason.SPELLING, what + " is a flag but not 0 or 1");
        }
        return value == 1;
    }

    Bytes bytes(String what, int least, int most) throws MalformedException {
        long size = u32(what);
        if (size < least || size > most) {
            throw new MalformedException(
                    Reason.SIZE, what + " is not of " + least + " to " + most + " octets");
        }
        requireLeft(what, size);
        var bytes = octets.slice(at, at + (int) size);
        at += (int) size;
        return bytes;
    }

    String text(String what, int least, int most) throws MalformedException {
        return bytes(what, least, most).utf8();
    }

    <T> List<T> list(String what, int least, int most, Item<T> item) throws MalformedException {
        int count = u16(what);
        if (count < least || count > most) {
            throw new MalformedException(Reason.SIZE, what + " are not " + least + " to " + most);
        }
        // each item has an octet at least
        requireLeft(what, count);
        var items = new ArrayList<T>();
        for (int i = 0; i < count; i++) {
            items.add(item.read(this));
        }
        return items;
    }

    Id id(Id.Kind kind) throws MalformedException {
        return Id.parse(kind, text("id", 1, Limits.NAME));
    }

    SignatureScheme scheme() throws MalformedException {
        int id = u8("scheme");
        int salt = u16("salt length");
        return SignatureScheme.ofCode(salt << 8 | id);
    }

    Duration limit() throws MalformedException {
        long limit = number("time limit", u32("time limit"), 1, Request.LONGEST.toMillis());
        return Duration.ofMillis(limit);
    }

    Credential credential() throws MalformedException {
        var name = text("name", 1, Limits.NAME);
        var id = id(Id.Kind.CREDENTIAL);
        var algorithm = KeyAlgorithm.ofId(u8("algorithm"));
        number("bits", u16("bits"), algorithm.bits(), algorithm.bits());
        var key = bytes("public key", 1, Credential.LONGEST_KEY);
        var chain =
                list(
                        "certificates",
                        0,
                        Credential.LONGEST_CHAIN,
                        in -> in.bytes("certificate", 1, Credential.LONGEST_CERTIFICATE));
        var purpose = Codes.purpose(u8("purpose"));
        return new Credential(
                name, id, algorithm, key, chain, purpose, Codes.custody(u8("custody")));
    }

    Consent consent() throws MalformedException {
        return new Consent(
                id(Id.Kind.CONSENT),
                text("credential", 1, Limits.NAME),
                text("subject", 1, Consent.LONGEST_SUBJECT),
                (int) number("signatures left", u16("signatures left"), 0, Consent.MOST),
                time());
    }

    /// A time in RFC 3339, UTC, in the one spelling that [Instant#toString] gives.
    Instant time() throws MalformedException {
        var text = text("time", 1, Limits.VERSION);
        Instant time;
        try {
            time = Instant.parse(text);
        } catch (DateTimeException e) {
            throw new MalformedException("not a time in UTC");
        }
        if (time.isBefore(Limits.EARLIEST) || time.isAfter(Limits.LATEST)) {
            throw new MalformedException("not a time from year 0000 to 9999");
        }
        if (!time.toString().equals(text)) {
            throw new MalformedException(Reason.SPELLING, "a time not in its shortest spelling");
        }
        return time;
    }

    /// A flag, and the time if there is one; [Instant#EPOCH] for none, which is not written as a
    /// time.
    Instant optionalTime() throws MalformedException {
        if (!flag("time given")) {
            return Instant.EPOCH;
        }
        var time = time();
        if (time.equals(Instant.EPOCH)) {
            throw new MalformedException(Reason.SPELLING, "no time, written as one");
        }
        return time;
    }

    Answer.Device device() throws MalformedException {
        return new Answer.Device(
                id(Id.Kind.DEVICE),
                text("name", 0, Limits.NAME),
                flag("ours"),
                flag("active"),
                time(),
                optionalTime());
    }

    Answer.NewDevice newDevice() throws MalformedException {
        return new Answer.NewDevice(
                id(Id.Kind.DEVICE),
                text("name", 0, Limits.NAME),
                text("number", 1, Answer.Waiting.LONGEST_NUMBER),
                time());
    }

    void done() throws MalformedException {
        if (at != octets.size()) {
            throw new MalformedException(Reason.SIZE, "something follows the last field");
        }
    }

    private void requireLeft(String what, long size) throws MalformedException {
        if (size > octets.size() - at) {
            throw new MalformedException(Reason.SIZE, "the frame ends within: " + what);
        }
    }
}
