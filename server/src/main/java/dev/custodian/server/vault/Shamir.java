package dev.custodian.server.vault;

import dev.custodian.core.Secret;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// Shamir's sharing, octet by octet, over GF(2^8) with the polynomial of AES: the secret is what a
/// random polynomial gives at 0, a share what it gives at the share's number. Fewer shares than
/// needed fit every secret alike. No table and no branch depends on what is secret.
final class Shamir {
    private static final int POLYNOMIAL = 0x11b;

    /// a^(2^8 - 2) is 1/a.
    private static final int INVERSE = 254;

    private Shamir() {}

    /// Shares 1 to `count`, of which any `least` give the secret.
    static List<Secret> split(Secret secret, int least, int count, SecureRandom random) {
        var factors = new byte[secret.size() * (least - 1)];
        random.nextBytes(factors);
        try (var above = Secret.owning(factors)) {
            var shares = new ArrayList<Secret>();
            for (int number = 1; number <= count; number++) {
                shares.add(at(number, secret, above));
            }
            return shares;
        }
    }

    private static Secret at(int number, Secret secret, Secret factors) {
        int size = secret.size();
        var values = new byte[size];
        for (int from = factors.size() - size; from >= 0; from -= size) {
            for (int i = 0; i < size; i++) {
                values[i] = (byte) times((values[i] ^ factors.expose()[from + i]) & 0xff, number);
            }
        }
        for (int i = 0; i < size; i++) {
            values[i] ^= secret.expose()[i];
        }
        return Secret.owning(values);
    }

    /// The secret that shares come from.
    ///
    /// @param numbers of the shares, all different
    /// @param shares in the same order, all of the same size
    static Secret join(List<Integer> numbers, List<Secret> shares) {
        var secret = new byte[shares.getFirst().size()];
        for (int share = 0; share < shares.size(); share++) {
            int weight = weight(numbers, numbers.get(share));
            for (int i = 0; i < secret.length; i++) {
                secret[i] ^= (byte) times(shares.get(share).expose()[i] & 0xff, weight);
            }
        }
        return Secret.owning(secret);
    }

    /// How much of a share is in the secret (Lagrange).
    private static int weight(List<Integer> numbers, int number) {
        int weight = 1;
        for (int other : numbers) {
            if (other != number) {
                weight = times(weight, times(other, inverse(other ^ number)));
            }
        }
        return weight;
    }

    /// a · b.
    static int times(int a, int b) {
        int product = 0;
        int power = a;
        for (int bit = 0; bit < Byte.SIZE; bit++) {
            product ^= power & -(b >> bit & 1);
            power = (power << 1) ^ (POLYNOMIAL & -(power >> 7));
        }
        return product;
    }

    /// 1/a for an `a` that is not 0.
    static int inverse(int a) {
        int inverse = 1;
        for (int bit = 7; bit >= 0; bit--) {
            inverse = times(inverse, inverse);
            if ((INVERSE >> bit & 1) == 1) {
                inverse = times(inverse, a);
            }
        }
        return inverse;
    }
}
