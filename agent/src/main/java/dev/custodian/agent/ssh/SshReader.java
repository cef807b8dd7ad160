package dev.custodian.agent.ssh;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.nio.charset.StandardCharsets;

/// Reads the data types of RFC 4251 §5 in order; nothing may be left at the end.
final class SshReader {
    private final Bytes octets;
    private int at;

    SshReader(Bytes octets) {
        this.octets = octets;
    }

    int u8() throws MalformedException {
        return take(1).at(0) & 0xff;
    }

    int u32() throws MalformedException {
        return new java.math.BigInteger(take(4).toArray()).intValue();
    }

    /// A boolean in its one spelling.
    boolean flag() throws MalformedException {
        int octet = u8();
        if (octet > 1) {
            throw new MalformedException(Reason.SPELLING, "a boolean that is neither 0 nor 1");
        }
        return octet == 1;
    }

    Bytes string() throws MalformedException {
        int size = u32();
        if (size < 0 || size > octets.size() - at) {
            throw new MalformedException(Reason.SIZE, "a string longer than what holds it");
        }
        return take(size);
    }

    /// Text of our own kind: names of algorithms and extensions.
    String name() throws MalformedException {
        var name = string();
        for (int i = 0; i < name.size(); i++) {
            if (name.at(i) <= ' ' || name.at(i) == 0x7f) {
                throw new MalformedException(Reason.SYNTAX, "a name that is not printable ASCII");
            }
        }
        return new String(name.toArray(), StandardCharsets.US_ASCII);
    }

    /// The octets of a positive number, without its sign (RFC 4251 §5, mpint).
    Bytes positive() throws MalformedException {
        var number = string();
        int size = number.size();
        if (size == 0 || number.at(0) < 0) {
            throw new MalformedException("a number that is not positive");
        }
        if (number.at(0) == 0) {
            if (size == 1 || number.at(1) >= 0) {
                throw new MalformedException(Reason.SPELLING, "a number with a needless zero");
            }
            return number.slice(1, size);
        }
        return number;
    }

    Bytes rest() {
        var rest = octets.slice(at, octets.size());
        at = octets.size();
        return rest;
    }

    void done() throws MalformedException {
        if (at < octets.size()) {
            throw new MalformedException(Reason.SIZE, "octets after the end");
        }
    }

    private Bytes take(int size) throws MalformedException {
        if (size > octets.size() - at) {
            throw new MalformedException(Reason.SIZE, "it ends too early");
        }
        at += size;
        return octets.slice(at - size, at);
    }
}
