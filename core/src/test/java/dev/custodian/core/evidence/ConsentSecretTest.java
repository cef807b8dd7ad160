package dev.custodian.core.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Hashes;
import dev.custodian.core.MalformedException;
import dev.custodian.core.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsentSecretTest {
    private static final Bytes INTENT = Hashes.sha256(Bytes.utf8("intent"));

    private static ConsentSecret secret() {
        return ConsentSecret.derive(Secret.owning(new byte[32]), INTENT);
    }

    @Test
    void textsThatAreNoSecretAreRefused() throws MalformedException {
        var text = secret().expose();
        assertThat(ConsentSecret.parse(text).expose()).isEqualTo(text);
        var cut = text.substring(0, text.length() - 1);
        for (var broken : List.of("", cut, cut + "=", cut + "+", text + "A", " " + cut)) {
            assertThatThrownBy(() -> ConsentSecret.parse(broken))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void anotherIntentGivesAnotherSecretIdAndSad() {
        var other = Hashes.sha256(INTENT);
        var secret = secret();
        assertThat(ConsentSecret.derive(Secret.owning(new byte[32]), other).expose())
                .isNotEqualTo(secret.expose());
        assertThat(ConsentSecret.id(other)).isNotEqualTo(ConsentSecret.id(INTENT));
        assertThat(secret.sad(other).expose()).isNotEqualTo(secret.sad(INTENT).expose());
        assertThat(secret.openingKey(ConsentSecret.id(other)))
                .isNotEqualTo(secret.openingKey(ConsentSecret.id(INTENT)));
    }

    @Test
    void wipedSecretGivesNothing() {
        var secret = secret();
        secret.close();
        assertThatThrownBy(secret::expose).isInstanceOf(IllegalStateException.class);
        assertThat(secret).hasToString("ConsentSecret");
    }
}
