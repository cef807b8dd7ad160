package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShareTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ID = "00112233445566778899aabbccddeeff";
    private static final Split SPLIT = new Split(2, 3);

    private static String text(Share share) {
        return new String(share.text());
    }

    private static Share parse(String text) {
        return Share.parse(text.toCharArray());
    }

    private static List<Share> shares(String id, Split split) {
        try (var seed = KeySeed.random(RANDOM)) {
            return seed.shares(id, split, RANDOM);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "1/3", "3/2", "2/17", "2/3/4", "-2/3", " 2/3", "02/003"})
    void splitThatIsNoneIsRefused(String text) {
        assertThat(Split.parse(text)).isNull();
    }

    @Test
    void whatIsShownIsReadAsPeopleTypeIt() {
        try (var seed = KeySeed.random(RANDOM);
                var wrapping = seed.wrapping();
                var root = seed.root()) {
            assertThat(wrapping).isNotEqualTo(root);
            for (var share : seed.shares(ID, SPLIT, RANDOM)) {
                var text = text(share);
                assertThat(text).matches("([A-Z2-7]{4}-){17}[A-Z2-7]{4}");
                assertThat(share)
                        .hasToString("share %d (2/3) of set 0011223344".formatted(share.number()));
                var typed = " " + text.toLowerCase(Locale.ROOT).replace('-', ' ') + "\r";
                assertThat(text(parse(typed))).isEqualTo(text);
            }
            var two = new ShareSet(ID, SPLIT);
            for (int number : new int[] {3, 1}) {
                assertThat(two.isComplete()).isFalse();
                two.add(seed.shares(ID, SPLIT, RANDOM).get(number - 1));
            }
            assertThat(two.isComplete()).isTrue();
            try (var mixed = two.seed();
                    var other = mixed.wrapping()) {
                assertThat(other).as("shares of two splits").isNotEqualTo(wrapping);
            }
            var shares = seed.shares(ID, SPLIT, RANDOM);
            var right = new ShareSet(ID, SPLIT);
            right.add(parse(text(shares.get(2))));
            right.add(parse(text(shares.get(0))));
            try (var again = right.seed();
                    var same = again.wrapping();
                    var sameRoot = again.root()) {
                assertThat(same).isEqualTo(wrapping);
                assertThat(sameRoot).isEqualTo(root);
            }
        }
    }

    @Test
    void everyWrongLetterAndEveryTwoInTheWrongOrderAreNoticed() {
        var text = text(shares(ID, SPLIT).getFirst());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '-') {
                continue;
            }
            var other = text.charAt(i) == 'A' ? 'B' : 'A';
            var wrong = text.substring(0, i) + other + text.substring(i + 1);
            assertThatThrownBy(() -> parse(wrong)).hasMessageContaining("a wrong letter");
            int next = i + 1 < text.length() && text.charAt(i + 1) == '-' ? i + 2 : i + 1;
            if (next < text.length() && text.charAt(next) != text.charAt(i)) {
                var turned = new StringBuilder(text);
                turned.setCharAt(i, text.charAt(next));
                turned.setCharAt(next, text.charAt(i));
                assertThatThrownBy(() -> parse(turned.toString()))
                        .hasMessageContaining("in the wrong order");
            }
        }
        assertThatThrownBy(() -> parse(text.substring(1)))
                .hasMessage("has 71 letters instead of 72");
        assertThatThrownBy(() -> parse(text + "A")).hasMessageContaining("is longer");
        assertThatThrownBy(() -> parse("1" + text.substring(1)))
                .hasMessageContaining("has a character that is in no share");
        assertThatThrownBy(() -> parse("")).hasMessageContaining("has 0 letters");
    }

    @Test
    void whatDoesNotBelongTogetherIsNamed() {
        var set = new ShareSet(ID, SPLIT);
        var shares = shares(ID, SPLIT);
        set.add(shares.getFirst());
        assertThatThrownBy(() -> set.add(shares.getFirst())).hasMessage("is number 1 once more");
        assertThatThrownBy(() -> set.add(shares("ff" + ID, SPLIT).getLast()))
                .hasMessage("is of set ff00112233, and set 0011223344 is asked for");
        assertThatThrownBy(() -> set.add(shares(ID, new Split(3, 3)).getLast()))
                .hasMessage("is one of 3/3, and 2/3 were made");
        assertThat(set.isComplete()).isFalse();
    }

    @Test
    void whatWasTakenOverIsForgottenAtTheEnd() {
        var shares = shares(ID, SPLIT);
        var set = new ShareSet(ID, SPLIT);
        set.add(shares.get(0));
        set.add(shares.get(1));
        var seed = set.seed();
        set.close();
        assertThatThrownBy(shares.get(0)::text).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(shares.get(1)::text).isInstanceOf(IllegalStateException.class);
        seed.wrapping().close();
        seed.close();
        assertThatThrownBy(seed::wrapping).isInstanceOf(IllegalStateException.class);
    }
}
