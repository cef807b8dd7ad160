package dev.custodian.core.attest;

import dev.custodian.core.Bytes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import java.util.ArrayList;
import java.util.List;

/// What a device says about its TPM and the key in it before it is asked: `u8 1 | certificate |
/// keyArea | u8 n | n certificates`, each with a `u16` length before it.
///
/// The certificate is the same for ever and everywhere: it tells the device apart from all others.
/// It is not to be kept, see [Endorsement#mark].
///
/// @param certificate of the EK, DER
/// @param keyArea see [KeyArea]
/// @param chain certificates that the TPM keeps of those who vouch for it, DER; often none
public record Claim(Bytes certificate, Bytes keyArea, List<Bytes> chain) {
    /// Most octets of a certificate.
    public static final int LONGEST_CERTIFICATE = 4096;

    /// Most certificates in a chain.
    public static final int LONGEST_CHAIN = 4;

    private static final int VERSION = 1;

    public Claim {
        chain = List.copyOf(chain);
        if (certificate.size() > LONGEST_CERTIFICATE
                || keyArea.size() > KeyArea.LONGEST
                || chain.size() > LONGEST_CHAIN
                || chain.stream().anyMatch(one -> one.size() > LONGEST_CERTIFICATE)) {
            throw new IllegalArgumentException("a claim that is too long");
        }
    }

    public Bytes encode() {
        var parts = new ArrayList<Bytes>();
        parts.add(Bytes.of((byte) VERSION));
        parts.add(Fields.sized(certificate));
        parts.add(Fields.sized(keyArea));
        parts.add(Bytes.of((byte) chain.size()));
        chain.forEach(one -> parts.add(Fields.sized(one)));
        return Bytes.concat(parts.toArray(Bytes[]::new));
    }

    public static Claim decode(Bytes octets) throws MalformedException {
        var in = new Fields(octets);
        in.require(in.u8("version") == VERSION, "a claim of an unknown version");
        var certificate = in.sized("certificate", LONGEST_CERTIFICATE);
        var keyArea = in.sized("key", KeyArea.LONGEST);
        int count = in.u8("count");
        if (count > LONGEST_CHAIN) {
            throw new MalformedException(Reason.SIZE, "a chain too long");
        }
        var chain = new ArrayList<Bytes>();
        for (int i = 0; i < count; i++) {
            chain.add(in.sized("certificate of the chain", LONGEST_CERTIFICATE));
        }
        in.done();
        return new Claim(certificate, keyArea, chain);
    }
}
