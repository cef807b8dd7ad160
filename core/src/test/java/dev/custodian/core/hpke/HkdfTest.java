package dev.custodian.core.hpke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import dev.custodian.core.Vector;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class HkdfTest {
    @TestFactory
    Stream<DynamicTest> publishedVectors() {
        return Vector.read("hkdf").stream()
                .map(v -> DynamicTest.dynamicTest(v.take("name"), () -> check(v)));
    }

    private static void check(Vector vector) {
        var prk = Hkdf.extract(vector.octets("salt").toArray(), vector.octets("ikm").toArray());
        int length = Integer.parseInt(vector.take("length"));
        var okm = Hkdf.expand(prk, vector.octets("info").toArray(), length);
        assertThat(Bytes.of(prk)).isEqualTo(vector.octets("prk"));
        assertThat(Bytes.of(okm)).isEqualTo(vector.octets("okm"));
    }

    @Test
    void deriveIsExtractWithoutSaltThenExpand() {
        var input = Bytes.utf8("a share");
        var info = Bytes.utf8("custodian/slot/device/1");
        var prk = Hkdf.extract(new byte[0], input.toArray());
        try (var secret = Secret.owning(input.toArray());
                var derived = Hkdf.derive(secret, info)) {
            assertThat(derived.expose()).isEqualTo(Hkdf.expand(prk, info.toArray(), 32));
        }
    }

    @Test
    void moreThan255BlocksAreRefused() {
        var prk = new byte[32];
        assertThat(Hkdf.expand(prk, new byte[0], 255 * 32)).hasSize(255 * 32);
        assertThatThrownBy(() -> Hkdf.expand(prk, new byte[0], 255 * 32 + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
