package dev.custodian.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PartTest {
    @Test
    void partThatIsNotThereIsAnError() {
        assertThatThrownBy(() -> Part.parse("hsm,crowd"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noNameMeansAll() {
        assertThat(Part.parse("")).containsExactly(Part.values());
        assertThat(Part.parse(" ")).containsExactly(Part.values());
    }

    @Test
    void namesPick() {
        assertThat(Part.parse("hsm")).containsExactly(Part.HSM);
        assertThat(Part.parse("crowd  hsm")).containsExactly(Part.HSM, Part.CROWD);
    }
}
