package dev.custodian.agent.p11;

import dev.custodian.agent.p11.rpc.Ckr;
import dev.custodian.agent.p11.rpc.Mechanism;
import dev.custodian.core.HashAlgorithm;
import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.KeyAlgorithm.Family;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Scheme;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/// The mechanisms that we offer, all from the table of algorithms. A client takes away those that
/// it does not know.
final class Mechanisms {
    private static final long SIGN = 0x800;
    private static final long DIGEST = 0x400;

    /// `CKF_HW`: it is not done in the program's own process.
    private static final long HW = 0x1;

    private Mechanisms() {}

    /// Octets or bits of key, and what it is for.
    record Info(long smallest, long largest, long flags) {}

    static List<Long> all() {
        var all = new ArrayList<Long>();
        for (var family : Family.values()) {
            all.addAll(of(family));
        }
        for (var hash : HashAlgorithm.values()) {
            all.add((long) hash.ckm());
        }
        return List.copyOf(all);
    }

    static List<Long> of(Family family) {
        var all = new LinkedHashSet<Long>();
        for (var scheme : Scheme.values()) {
            if (scheme.family() == family) {
                all.add((long) scheme.ckmOverDigest());
            }
        }
        for (var scheme : Scheme.values()) {
            if (scheme.family() == family) {
                all.add((long) scheme.ckm());
            }
        }
        return List.copyOf(all);
    }

    static Info info(long mechanism) throws Rejected {
        for (var family : Family.values()) {
            if (of(family).contains(mechanism)) {
                var bits =
                        Arrays.stream(KeyAlgorithm.values())
                                .filter(one -> one.family() == family)
                                .mapToInt(KeyAlgorithm::bits)
                                .summaryStatistics();
                return new Info(bits.getMin(), bits.getMax(), SIGN | HW);
            }
        }
        hash(mechanism);
        return new Info(0, 0, DIGEST);
    }

    static HashAlgorithm hash(long mechanism) throws Rejected {
        for (var hash : HashAlgorithm.values()) {
            if (hash.ckm() == mechanism) {
                return hash;
            }
        }
        throw new Rejected(Ckr.MECHANISM_INVALID);
    }

    /// What a program that signs with this mechanism will hand over.
    static ToSign toSign(Mechanism mechanism, KeyAlgorithm key) throws Rejected {
        var schemes =
                Arrays.stream(Scheme.values())
                        .filter(
                                one ->
                                        one.ckm() == mechanism.number()
                                                || one.ckmOverDigest() == mechanism.number())
                        .toList();
        if (schemes.isEmpty()) {
            throw new Rejected(Ckr.MECHANISM_INVALID);
        }
        var first = schemes.getFirst();
        if (first.family() != key.family()) {
            throw new Rejected(Ckr.KEY_TYPE_INCONSISTENT);
        }
        if (!first.isPss() && mechanism.parameter().size() > 0) {
            throw new Rejected(Ckr.MECHANISM_PARAM_INVALID);
        }
        var whole = first.ckm() == mechanism.number();
        if (first.isPss()) {
            return pss(schemes, mechanism, key, whole);
        }
        if (whole) {
            return new ToSign.Message(first, 0);
        }
        return key.family() == Family.RSA ? new ToSign.DigestInfo() : new ToSign.EcDigest();
    }

    private static ToSign pss(
            List<Scheme> schemes, Mechanism mechanism, KeyAlgorithm key, boolean whole)
            throws Rejected {
        try {
            var pss = Mechanism.Pss.parse(mechanism.parameter());
            for (var scheme : schemes) {
                var hash = scheme.hash();
                // RFC 8017 §9.1.1: salt, hash and two octets fit the modulus.
                int most = (key.bits() + 6) / 8 - hash.length() - 2;
                if (hash.ckm() == pss.hash()
                        && hash.ckgMgf1() == pss.mgf()
                        && pss.salt() >= 0
                        && pss.salt() <= most) {
                    int salt = (int) pss.salt();
                    return whole
                            ? new ToSign.Message(scheme, salt)
                            : new ToSign.PssDigest(scheme, salt);
                }
            }
        } catch (MalformedException e) {
            // the same answer
        }
        throw new Rejected(Ckr.MECHANISM_PARAM_INVALID);
    }
}
