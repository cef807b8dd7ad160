package dev.custodian.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import java.util.EnumSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExitCodesTest {
    @ParameterizedTest
    @EnumSource
    void noFailureLooksLikeSuccessOrSignal(FailureKind kind) {
        assertThat(ExitCodes.of(kind)).isBetween(1, 127);
    }

    /// The whole table, but for those that are simply refused.
    @Test
    void tableIsThatOfTheHelp() {
        var table =
                EnumSet.allOf(FailureKind.class).stream()
                        .filter(kind -> ExitCodes.of(kind) != ExitCodes.REFUSED)
                        .collect(
                                Collectors.groupingBy(
                                        ExitCodes::of, Collectors.toCollection(this::none)));

        assertThat(table.keySet()).containsExactlyInAnyOrder(2, 3, 4, 5, 70);
        assertThat(table.get(2)).containsExactly(FailureKind.USAGE);
        assertThat(table.get(3))
                .containsExactly(
                        FailureKind.SETTING_FOREIGN,
                        FailureKind.FILE_UNREADABLE,
                        FailureKind.NOT_A_PDF,
                        FailureKind.PDF_EMPTY,
                        FailureKind.PDF_DAMAGED,
                        FailureKind.PDF_ENCRYPTED,
                        FailureKind.PDF_CERTIFIED,
                        FailureKind.OUTPUT_EXISTS,
                        FailureKind.OUTPUT_IS_INPUT,
                        FailureKind.OUTPUT_UNWRITABLE,
                        FailureKind.DISK_FULL);
        assertThat(table.get(4))
                .containsExactly(
                        FailureKind.ACTIVATION_KEY_GONE,
                        FailureKind.FACTORS_DELAYED,
                        FailureKind.JOIN_REQUESTS_FULL,
                        FailureKind.VAULT_FAILED,
                        FailureKind.BUSY,
                        FailureKind.STORAGE_FULL,
                        FailureKind.STORAGE_FAILED,
                        FailureKind.SERVER_UNREACHABLE,
                        FailureKind.AGENT_UNREACHABLE,
                        FailureKind.AGENT_LATE,
                        FailureKind.PROMPTS_WAITING);
        assertThat(table.get(5))
                .containsExactly(
                        FailureKind.TAMPERED,
                        FailureKind.IDENTITY_CHANGED,
                        FailureKind.TLS_NOT_VOUCHED,
                        FailureKind.ACTIVATION_KEY_NOT_VOUCHED,
                        FailureKind.SIGNATURE_WRONG,
                        FailureKind.JOURNAL_BROKEN,
                        FailureKind.PROTOCOL_BROKEN,
                        FailureKind.AGENT_FOREIGN,
                        FailureKind.AGENT_BROKEN);
        assertThat(table.get(70)).containsExactly(FailureKind.INTERNAL);
    }

    private EnumSet<FailureKind> none() {
        return EnumSet.noneOf(FailureKind.class);
    }
}
