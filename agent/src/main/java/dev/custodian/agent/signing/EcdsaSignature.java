package dev.custodian.agent.signing;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import java.math.BigInteger;

/// The two numbers of an ECDSA signature.
public record EcdsaSignature(BigInteger r, BigInteger s) {
    /// Reads the DER (RFC 3279 §2.2.3) of a signature that was checked before.
    public static EcdsaSignature ofDer(Bytes der) throws Refused {
        try {
            var sequence = new int[] {0};
            int end = header(der, 0x30, sequence);
            int first = header(der, 0x02, sequence);
            var r = new BigInteger(der.slice(sequence[0], first).toArray());
            sequence[0] = first;
            int second = header(der, 0x02, sequence);
            var s = new BigInteger(der.slice(sequence[0], second).toArray());
            if (end != der.size() || second != end) {
                throw new MalformedException("octets after the end");
            }
            return new EcdsaSignature(r, s);
        } catch (MalformedException | IndexOutOfBoundsException | NumberFormatException e) {
            throw new Refused(FailureKind.SIGNATURE_WRONG, "It is no ECDSA signature.");
        }
    }

    /// Reads tag and length at `at[0]`, which it moves to the content; returns its end.
    private static int header(Bytes der, int tag, int[] at) throws MalformedException {
        if ((der.at(at[0]) & 0xff) != tag) {
            throw new MalformedException("another tag");
        }
        int length = der.at(at[0] + 1) & 0xff;
        at[0] += 2;
        if (length == 0x81) {
            length = der.at(at[0]++) & 0xff;
        } else if (length > 0x80) {
            throw new MalformedException("a length of an ECDSA signature has one octet");
        }
        return at[0] + length;
    }

    /// Both in `size` octets each, one after the other, as PKCS#11 has it (§6.3.1).
    public Bytes raw(int size) {
        return Bytes.concat(fixed(r, size), fixed(s, size));
    }

    /// A number that is not negative in exactly `size` octets.
    public static Bytes fixed(BigInteger number, int size) {
        var signed = number.toByteArray();
        var octets = new byte[size];
        int take = Math.min(signed.length, size);
        System.arraycopy(signed, signed.length - take, octets, size - take, take);
        return Bytes.of(octets);
    }
}
