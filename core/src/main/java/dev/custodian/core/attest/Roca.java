package dev.custodian.core.attest;

import java.math.BigInteger;

/// The mark of RSA keys that many TPMs and cards of one maker made up to 2017, and that can be
/// factored (CVE-2017-15361). Their primes are powers of 65537 modulo each small prime, and so is
/// the modulus (Nemec et al., "The Return of Coppersmith's Attack", ACM CCS 2017, §2). One sound
/// key among some hundred millions has the mark too.
final class Roca {
    private static final int GENERATOR = 65537;

    private static final int[] PRIMES = {
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
        101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167
    };

    private Roca() {}

    static boolean marks(BigInteger modulus) {
        for (int prime : PRIMES) {
            if (!isPower(modulus.mod(BigInteger.valueOf(prime)).intValue(), prime)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPower(int number, int prime) {
        int power = 1;
        do {
            if (power == number) {
                return true;
            }
            power = power * (GENERATOR % prime) % prime;
        } while (power != 1);
        return false;
    }
}
