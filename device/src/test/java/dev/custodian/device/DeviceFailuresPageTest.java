package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceFailuresPageTest {
    /// A new failure needs its row in `docs/reference/device-failures.md`, in the order of the
    /// list.
    @Test
    void pageNamesEachFailureWithTheSameWords() throws IOException {
        var failures =
                Arrays.stream(DeviceFailure.values())
                        .map(
                                failure ->
                                        List.of(
                                                failure.id(),
                                                failure.sentence(),
                                                failure.nextStep(),
                                                failure.kind().id()))
                        .toList();
        assertThat(rows()).containsExactlyElementsOf(failures);
    }

    @Test
    void eachSentenceAndNextStepIsWholeAndIdsAreDistinct() {
        assertThat(DeviceFailure.values())
                .allSatisfy(
                        failure -> {
                            assertThat(failure.sentence()).matches("[A-Z].*\\.");
                            assertThat(failure.nextStep()).matches("[A-Z].*\\.");
                            assertThat(failure.id()).matches("[a-z]+(-[a-z]+)*");
                        })
                .extracting(DeviceFailure::id)
                .doesNotHaveDuplicates();
    }

    @Test
    void restOfTheProductHearsWhetherToUnlockOrToLookAtFiles() {
        var sealed = new DeviceException(DeviceFailure.PASSPHRASE_WRONG, "Look at it.").refused();
        assertThat(sealed.kind()).isEqualTo(FailureKind.KEY_SEALED);
        assertThat(sealed.detail()).isEqualTo("Look at it.");
        var foreign = new DeviceException(DeviceFailure.KEY_FOREIGN).refused();
        assertThat(foreign.kind()).isEqualTo(FailureKind.KEY_FILE_UNUSABLE);
        assertThat(foreign.detail()).isEqualTo(DeviceFailure.KEY_FOREIGN.sentence());
    }

    private static List<List<String>> rows() throws IOException {
        return Files.readString(Path.of("../docs/reference/device-failures.md"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .map(
                        cells ->
                                List.of(
                                        cells.get(1).replace("`", ""),
                                        cells.get(2),
                                        cells.get(3),
                                        cells.get(4).replace("`", "")))
                .toList();
    }
}
