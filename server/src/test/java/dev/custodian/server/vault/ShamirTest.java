package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Secret;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShamirTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Polynomial multiplication and then long division, as on paper.
    private static int slowly(int a, int b) {
        int product = 0;
        for (int i = 0; i < 8; i++) {
            for (int j = 0; j < 8; j++) {
                if ((a >> i & 1) == 1 && (b >> j & 1) == 1) {
                    product ^= 1 << (i + j);
                }
            }
        }
        for (int degree = 14; degree >= 8; degree--) {
            if ((product >> degree & 1) == 1) {
                product ^= 0b1_0001_1011 << (degree - 8);
            }
        }
        return product;
    }

    /// FIPS 197 §4.2 has the first two.
    @Test
    void fieldIsThatOfAes() {
        assertThat(Shamir.times(0x57, 0x83)).isEqualTo(0xc1);
        assertThat(Shamir.times(0x57, 0x13)).isEqualTo(0xfe);
        for (int a = 0; a < 256; a++) {
            for (int b = 0; b < 256; b++) {
                assertThat(Shamir.times(a, b)).isEqualTo(slowly(a, b));
            }
            if (a > 0) {
                assertThat(slowly(a, Shamir.inverse(a))).isEqualTo(1);
            }
        }
    }

    /// The line 0x2a + 0x57 x at 1, 2 and 3, and the parabola 0x2a + 0x57 x + 0x83 x².
    @Test
    void knownSharesGiveTheirSecret() {
        for (int square : new int[] {0, 0x83}) {
            var numbers = List.of(1, 2, 3);
            var shares = new ArrayList<Secret>();
            for (int x : numbers) {
                int y = 0x2a ^ slowly(0x57, x) ^ slowly(square, slowly(x, x));
                shares.add(Secret.owning(new byte[] {(byte) y}));
            }
            assertThat(Shamir.join(numbers, shares).expose()).containsExactly(0x2a);
            boolean two =
                    Shamir.join(numbers.subList(0, 2), shares.subList(0, 2)).expose()[0] == 0x2a;
            assertThat(two).isEqualTo(square == 0);
        }
    }

    @Test
    void everySubsetThatIsLargeEnoughGivesTheSecretAndNoSmallerOne() {
        for (int least = 2; least <= 5; least++) {
            var octets = new byte[32];
            RANDOM.nextBytes(octets);
            var shares = Shamir.split(Secret.copyOf(octets, 0, 32), least, 5, RANDOM);
            for (int subset = 1; subset < 32; subset++) {
                var numbers = new ArrayList<Integer>();
                var some = new ArrayList<Secret>();
                for (int i = 0; i < 5; i++) {
                    if ((subset >> i & 1) == 1) {
                        numbers.add(i + 1);
                        some.add(shares.get(i));
                    }
                }
                assertThat(Arrays.equals(Shamir.join(numbers, some).expose(), octets))
                        .as("%d needed, given %s", least, numbers)
                        .isEqualTo(numbers.size() >= least);
            }
        }
    }

    /// To whatever two of three needed shares are, some third fits every secret.
    @Test
    void oneShareTooFewFitsEverySecret() {
        var shares = Shamir.split(Secret.owning(new byte[] {42}), 3, 3, RANDOM);
        var secrets = new HashSet<Byte>();
        for (int third = 0; third < 256; third++) {
            var guess =
                    List.of(shares.get(0), shares.get(1), Secret.owning(new byte[] {(byte) third}));
            secrets.add(Shamir.join(List.of(1, 2, 3), guess).expose()[0]);
        }
        assertThat(secrets).hasSize(256);
    }

    /// What one share says of a secret that is always the same: nothing.
    @Test
    void shareTakesEveryValue() {
        var values = new HashSet<Byte>();
        for (int i = 0; i < 20_000 && values.size() < 256; i++) {
            values.add(
                    Shamir.split(Secret.owning(new byte[] {42}), 2, 2, RANDOM)
                            .getLast()
                            .expose()[0]);
        }
        assertThat(values).hasSize(256);
    }
}
