package dev.custodian.core.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import dev.custodian.core.hpke.X25519;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

class SadTest {
    private static final Bytes INTENT = Hashes.sha256(Bytes.utf8("intent"));
    private static final SecureRandom RANDOM = new SecureRandom();

    private static Secret secret(int size) {
        var octets = new byte[size];
        RANDOM.nextBytes(octets);
        return Secret.owning(octets);
    }

    /// FORMATS §5: a repeated request yields the same SAD, another intent another one.
    @Test
    void bothSidesDeriveTheSameSad() throws Exception {
        var key = X25519.privateKey(secret(32));
        try (var factors = new Factors(secret(4), secret(32), secret(32))) {
            var keyId = Bytes.of(new byte[8]);
            var sealed = Sealed.seal(keyId, X25519.publicOf(key), INTENT, factors, RANDOM);
            var received = Sealed.decode(sealed.encode());
            try (var opened = received.open(key, INTENT)) {
                assertThat(opened).isEqualTo(factors);
                var sad = Sad.derive(opened.r(), INTENT);
                assertThat(sad.expose()).isEqualTo(Sad.derive(factors.r(), INTENT).expose());
                assertThat(sad.expose())
                        .isNotEqualTo(Sad.derive(factors.r(), Hashes.sha256(INTENT)).expose());
            }
        }
    }

    @Test
    void openingKeyDependsOnTheAuthorization() {
        var sad = Sad.derive(secret(32), INTENT);
        assertThat(sad.openingKey("aut_a")).isEqualTo(sad.openingKey("aut_a"));
        assertThat(sad.openingKey("aut_a")).isNotEqualTo(sad.openingKey("aut_b"));
    }

    @Test
    void textsThatAreNoSadAreRefused() throws MalformedException {
        var text = Sad.derive(secret(32), INTENT).expose();
        assertThat(Sad.parse(text).expose()).isEqualTo(text);
        var cut = text.substring(0, text.length() - 1);
        for (var broken :
                List.of(
                        "",
                        "sad_",
                        cut,
                        cut + "=",
                        text + "A",
                        text.substring(4),
                        "SAD" + text.substring(3))) {
            assertThatThrownBy(() -> Sad.parse(broken)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void factorsOfTheWrongSizeAreAFaultOfTheProgram() {
        assertThatThrownBy(() -> new Factors(secret(0), secret(32), secret(32)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Factors(secret(65), secret(32), secret(32)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Factors(secret(4), secret(31), secret(32)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
