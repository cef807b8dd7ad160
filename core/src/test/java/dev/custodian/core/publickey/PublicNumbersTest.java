package dev.custodian.core.publickey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.KeyAlgorithm;
import dev.custodian.core.MalformedException;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PublicNumbersTest {
    private static final BigInteger F4 = BigInteger.valueOf(65537);

    private static ECPublicKey made(KeyAlgorithm algorithm) throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(algorithm.jcaCurve()));
        return (ECPublicKey) generator.generateKeyPair().getPublic();
    }

    private static void beside(KeyAlgorithm algorithm, BigInteger x, BigInteger y) {
        assertThatThrownBy(() -> PublicNumbers.point(algorithm, x, y))
                .isInstanceOf(MalformedException.class)
                .hasMessage("a point beside its curve");
    }

    @ParameterizedTest
    @EnumSource(
            value = KeyAlgorithm.class,
            names = {"P256", "P384", "P521"})
    void pointBesideItsCurveIsNoKey(KeyAlgorithm algorithm) throws Exception {
        var key = made(algorithm);
        var x = key.getW().getAffineX();
        var y = key.getW().getAffineY();
        var p = ((ECFieldFp) key.getParams().getCurve().getField()).getP();
        beside(algorithm, x, y.add(BigInteger.ONE).mod(p));
        beside(algorithm, x.add(BigInteger.ONE).mod(p), y);
        beside(algorithm, BigInteger.ZERO, BigInteger.ZERO);
        // on it, in numbers that are not of the field
        beside(algorithm, x.add(p), y);
        beside(algorithm, x, y.add(p));
        beside(algorithm, x, y.subtract(p));
        assertThat(PublicNumbers.point(algorithm, x, y)).isEqualTo(key);
        assertThat(PublicNumbers.point(algorithm, x, p.subtract(y)).getW().getAffineX())
                .isEqualTo(x);
    }

    /// As in an attack by a curve with another b: the same formulas, a group of small order.
    @Test
    void pointOfAnotherCurveIsNoKey() throws Exception {
        var large = made(KeyAlgorithm.P384).getW();
        beside(KeyAlgorithm.P256, large.getAffineX(), large.getAffineY());
        var small = made(KeyAlgorithm.P256).getW();
        beside(KeyAlgorithm.P384, small.getAffineX(), small.getAffineY());
        assertThat(PublicNumbers.point(KeyAlgorithm.P256, small.getAffineX(), small.getAffineY()))
                .isNotNull();
    }

    @Test
    void modulusOfAnotherKindIsNoKey() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        var key = (RSAPublicKey) generator.generateKeyPair().getPublic();
        var n = key.getModulus();
        for (var wrong :
                List.of(
                        n.shiftRight(1).setBit(0),
                        n.shiftLeft(1).setBit(0),
                        n.clearBit(0),
                        n.negate(),
                        BigInteger.ZERO)) {
            assertThatThrownBy(() -> PublicNumbers.rsa(KeyAlgorithm.RSA_2048, wrong, F4))
                    .isInstanceOf(MalformedException.class);
        }
        for (var wrong :
                List.of(
                        BigInteger.ZERO,
                        BigInteger.ONE,
                        BigInteger.TWO,
                        F4.negate(),
                        BigInteger.ONE.shiftLeft(32).setBit(0))) {
            assertThatThrownBy(() -> PublicNumbers.rsa(KeyAlgorithm.RSA_2048, n, wrong))
                    .isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> PublicNumbers.rsa(KeyAlgorithm.RSA_3072, n, F4))
                .isInstanceOf(MalformedException.class);
        assertThat(PublicNumbers.rsa(KeyAlgorithm.RSA_2048, n, F4)).isEqualTo(key);
        assertThat(PublicNumbers.rsa(KeyAlgorithm.RSA_2048, n, BigInteger.valueOf(3)).getModulus())
                .isEqualTo(n);
    }

    @Test
    void kindOfKeyOfTheOtherFamilyIsAFaultOfTheCaller() {
        assertThatThrownBy(() -> PublicNumbers.curve(KeyAlgorithm.RSA_2048))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PublicNumbers.rsa(KeyAlgorithm.P256, F4, F4))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(PublicNumbers.curve(KeyAlgorithm.P384).getOrder().bitLength()).isEqualTo(384);
    }
}
