package dev.custodian.agent.signing;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Refused;
import dev.custodian.core.der.DerReader;
import dev.custodian.core.der.Tag;
import java.math.BigInteger;

/// The two numbers of an ECDSA signature.
public record EcdsaSignature(BigInteger r, BigInteger s) {
    /// Reads the DER (RFC 3279 §2.2.3) of a signature that was checked before.
    public static EcdsaSignature ofDer(Bytes der) throws Refused {
        try {
            var in = new DerReader(DerReader.only(der, Tag.SEQUENCE));
            var signature = new EcdsaSignature(in.integer(), in.integer());
            in.done();
            return signature;
        } catch (MalformedException e) {
            throw new Refused(FailureKind.SIGNATURE_WRONG, "It is no ECDSA signature.");
        }
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
