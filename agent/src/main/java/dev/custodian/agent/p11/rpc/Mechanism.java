package dev.custodian.agent.p11.rpc;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;

/// A mechanism and its parameter.
///
/// @param number its `CKM_` number; [#NONE] for a null pointer, which ends an operation
/// @param parameter as it travelled; empty when there is none
public record Mechanism(long number, Bytes parameter) {
    /// No mechanism.
    public static final long NONE = -1;

    private static final Bytes ABSENT = Bytes.u32(-1);

    /// `M`, which has two spellings. Clients choose by the version that they offered, not by what
    /// was answered.
    ///
    /// @param octets all of it
    /// @param offered the version octet of the client
    static Mechanism parse(Bytes octets, int offered) throws MalformedException {
        if (octets.size() < 4) {
            throw new MalformedException(Reason.SIZE, "a mechanism without a number");
        }
        int number = new java.math.BigInteger(octets.slice(0, 4).toArray()).intValue();
        var rest = octets.slice(4, octets.size());
        return offered < 2 ? old(number, rest) : now(number, rest);
    }

    private static Mechanism old(int number, Bytes rest) {
        if (rest.size() == 0) {
            return new Mechanism(NONE, Bytes.EMPTY);
        }
        return of(number, rest.equals(ABSENT) ? Bytes.EMPTY : rest);
    }

    private static Mechanism now(int number, Bytes rest) throws MalformedException {
        if (rest.size() == 0) {
            return number == -1 ? new Mechanism(NONE, Bytes.EMPTY) : of(number, Bytes.EMPTY);
        }
        int present = rest.at(0);
        if (present < 0 || present > 1 || present == 0 && rest.size() > 1) {
            throw new MalformedException("a parameter that is neither there nor absent");
        }
        return of(number, rest.slice(1, rest.size()));
    }

    private static Mechanism of(int number, Bytes parameter) {
        return new Mechanism(Integer.toUnsignedLong(number), parameter);
    }

    /// `CK_RSA_PKCS_PSS_PARAMS`: hash, mask generation function, octets of salt.
    public record Pss(long hash, long mgf, long salt) {
        public static Pss parse(Bytes parameter) throws MalformedException {
            var reader = new RpcReader(parameter.toArray());
            var pss = new Pss(reader.u64(), reader.u64(), reader.u64());
            reader.done();
            return pss;
        }
    }
}
