package dev.custodian.core.hpke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.Secret;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class AeadTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Bytes AAD = Bytes.utf8("owner and key");

    private static Secret key(int first) {
        var octets = new byte[32];
        octets[0] = (byte) first;
        return Secret.owning(octets);
    }

    @Test
    void boxOpensUnderItsKeyAndAadOnly() throws GeneralSecurityException {
        var box = Aead.seal(key(1), AAD, new byte[] {1, 2, 3}, RANDOM);
        assertThat(box.size()).isEqualTo(12 + 3 + 16);
        try (var opened = Aead.open(key(1), AAD, box)) {
            assertThat(opened.expose()).containsExactly(1, 2, 3);
        }
        assertThatThrownBy(() -> Aead.open(key(2), AAD, box))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> Aead.open(key(1), Bytes.EMPTY, box))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void nothingIsSealedAndOpenedToo() throws GeneralSecurityException {
        try (var opened = Aead.open(key(1), AAD, Aead.seal(key(1), AAD, new byte[0], RANDOM))) {
            assertThat(opened.expose()).isEmpty();
        }
    }

    @Test
    void sameContentIsSealedDifferentlyEachTime() {
        var one = Aead.seal(key(1), AAD, new byte[3], RANDOM);
        var two = Aead.seal(key(1), AAD, new byte[3], RANDOM);
        assertThat(one.slice(0, 12)).isNotEqualTo(two.slice(0, 12));
        assertThat(one.slice(12, 31)).isNotEqualTo(two.slice(12, 31));
    }

    @Test
    void everyLengthAndEveryFlippedBitIsRefusedAlike() {
        var box = Aead.seal(key(1), AAD, new byte[] {7}, RANDOM);
        for (int size = 0; size < box.size(); size++) {
            var cut = box.slice(0, size);
            assertThatThrownBy(() -> Aead.open(key(1), AAD, cut))
                    .isInstanceOf(GeneralSecurityException.class);
        }
        for (int bit = 0; bit < 8 * box.size(); bit++) {
            var octets = box.toArray();
            octets[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Aead.open(key(1), AAD, Bytes.of(octets)))
                    .isInstanceOf(GeneralSecurityException.class);
        }
    }
}
