package dev.custodian.core.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import java.math.BigInteger;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class RocaTest {
    private static final BigInteger F4 = BigInteger.valueOf(65537);

    /// As such a chip's modulus is; its factors do not matter here.
    static BigInteger marked(int bits) {
        var product = BigInteger.TWO;
        for (int number = 3; number <= 701; number += 2) {
            var prime = BigInteger.valueOf(number);
            if (prime.isProbablePrime(50)) {
                product = product.multiply(prime);
            }
        }
        var power = F4.modPow(BigInteger.valueOf(20_171_016), product);
        var most = BigInteger.TWO.pow(bits - 1).divide(product).add(BigInteger.TWO);
        return most.multiply(product).add(power);
    }

    @Test
    void modulusThatCanBeFactoredIsNoKey() throws Exception {
        for (var algorithm : List.of(KeyAlgorithm.RSA_2048, KeyAlgorithm.RSA_3072)) {
            var marked = marked(algorithm.bits());
            assertThat(marked.bitLength()).isEqualTo(algorithm.bits());
            assertThatThrownBy(() -> PublicKeys.modulus(algorithm, marked, F4))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("can be factored");
            var next = marked.add(BigInteger.TWO);
            assertThat(PublicKeys.modulus(algorithm, next, F4))
                    .isInstanceOfSatisfying(
                            RSAPublicKey.class,
                            key -> assertThat(key.getModulus()).isEqualTo(next));
        }
    }

    @Test
    void soundKeysHaveNoMark() {
        for (int i = 0; i < 10; i++) {
            var key = (RSAPublicKey) FakeMaker.pair("RSA-1024").getPublic();
            assertThat(Roca.marks(key.getModulus())).isFalse();
        }
        assertThat(Roca.marks(marked(1024))).isTrue();
    }
}
