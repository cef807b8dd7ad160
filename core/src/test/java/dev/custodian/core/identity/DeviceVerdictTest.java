package dev.custodian.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.MalformedException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceVerdictTest {
    @ParameterizedTest
    @ValueSource(strings = {"HARDWARE_PROVED", "hardware_claimed", "SOFTWARE", ""})
    void deviceSaysNeitherThatItIsProvedNorAnotherWord(String text) {
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> DeviceVerdict.parseSaid(text));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HARDWARE_PROVED")
    void deviceSaysAnyOtherVerdict(DeviceVerdict verdict) throws Exception {
        assertThat(DeviceVerdict.parseSaid(verdict.name())).isEqualTo(verdict);
    }
}
