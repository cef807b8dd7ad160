package dev.custodian.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ExitCodesTest {
    @ParameterizedTest
    @EnumSource
    void everyFailureEndsWithACodeThatTheHelpExplains(FailureKind kind) {
        assertThat(Set.of(2, 3, 4, 5, 6, 70)).contains(ExitCodes.of(kind));
    }

    @Test
    void whatStopsAServerFromStartingIsToldApart() {
        assertThat(ExitCodes.of(FailureKind.USAGE)).isEqualTo(2);
        assertThat(ExitCodes.of(FailureKind.CONFIG_WRONG)).isEqualTo(3);
        assertThat(ExitCodes.of(FailureKind.KEY_FILE_EXPOSED)).isEqualTo(3);
        assertThat(ExitCodes.of(FailureKind.PORT_IN_USE)).isEqualTo(4);
        assertThat(ExitCodes.of(FailureKind.FOLDER_IN_USE)).isEqualTo(4);
        assertThat(ExitCodes.of(FailureKind.STORAGE_FULL)).isEqualTo(5);
        assertThat(ExitCodes.of(FailureKind.INTERNAL)).isEqualTo(70);
    }
}
