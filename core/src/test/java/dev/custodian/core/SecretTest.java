package dev.custodian.core;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.evidence.Factors;
import dev.custodian.core.evidence.Sad;
import org.junit.jupiter.api.Test;

class SecretTest {
    @Test
    void closingWipesTheArrayItself() {
        var octets = new byte[] {1, 2, 3};
        var secret = Secret.owning(octets);
        assertThat(secret.expose()).isSameAs(octets);
        secret.close();
        assertThat(octets).containsOnly(0);
        assertThatThrownBy(secret::expose).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCopyIsItsOwn() {
        var octets = new byte[] {1, 2, 3};
        try (var secret = Secret.copyOf(octets, 1, 3)) {
            octets[1] = 9;
            assertThat(secret.expose()).containsExactly(2, 3);
        }
        assertThat(octets).containsExactly(1, 9, 3);
    }

    @Test
    void aRestingSecretLeavesTheArrayAndComesBack() {
        var octets = new byte[] {1, 2, 3};
        try (var secret = Secret.owning(octets)) {
            secret.rest();
            assertThat(octets).containsOnly(0);
            assertThat(secret.size()).isEqualTo(3);
            assertThat(secret.expose()).containsExactly(1, 2, 3);
            assertThat(secret.expose()).isSameAs(secret.expose());
            secret.rest();
            secret.rest();
            assertThat(secret).isEqualTo(Secret.owning(new byte[] {1, 2, 3}));
        }
    }

    @Test
    void aRestingSecretIsGoneWhenItIsClosed() {
        var secret = Secret.owning(new byte[] {1, 2, 3});
        secret.rest();
        secret.close();
        secret.rest();
        secret.close();
        assertThatThrownBy(secret::expose).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void secretsAreEqualByValue() {
        assertThat(Secret.owning(new byte[] {1})).isEqualTo(Secret.owning(new byte[] {1}));
        assertThat(Secret.owning(new byte[] {1})).isNotEqualTo(Secret.owning(new byte[] {2}));
        assertThat(Secret.owning(new byte[] {1})).isNotEqualTo(Secret.owning(new byte[] {1, 0}));
    }

    @Test
    void nothingIsPrintedNotEvenTheSize() {
        var pin = Secret.owning("4711".getBytes(US_ASCII));
        assertThat(pin).hasToString("Secret");
        var share = Secret.owning(new byte[32]);
        try (var factors = new Factors(pin, share, share)) {
            assertThat(factors.toString()).doesNotContain("4711").doesNotContain("4");
        }
        var sad = Sad.derive(Secret.owning(new byte[32]), Bytes.EMPTY);
        assertThat(sad).hasToString("Sad");
    }

    @Test
    void closingFactorsWipesEachPart() {
        var pin = Secret.owning(new byte[] {1});
        var share = Secret.owning(new byte[32]);
        var r = Secret.owning(new byte[32]);
        new Factors(pin, share, r).close();
        assertThatThrownBy(pin::expose).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(share::expose).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(r::expose).isInstanceOf(IllegalStateException.class);
    }
}
