package dev.custodian.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorsPageTest {
    private record Row(String id, String sentence, String nextStep) {}

    /// A new kind needs its row in `docs/reference/errors.md`, in the order of the list.
    @Test
    void pageNamesEachKindWithTheSameWords() throws IOException {
        var kinds =
                Arrays.stream(FailureKind.values())
                        .map(k -> new Row(k.id(), k.sentence(), k.nextStep()))
                        .toList();
        assertThat(rows().stream().map(row -> new Row(row.get(0), row.get(1), row.get(2))))
                .containsExactlyElementsOf(kinds);
    }

    @Test
    void pageSaysWhereEachKindIsTold() throws IOException {
        assertThat(rows())
                .allSatisfy(
                        row ->
                                assertThat(row.get(3))
                                        .containsAnyOf(
                                                "server answer",
                                                "client",
                                                "link",
                                                "agent",
                                                "command line",
                                                "server start",
                                                "server commands"));
    }

    @Test
    void eachSentenceAndNextStepIsWholeAndIdsAreDistinct() {
        assertThat(FailureKind.values())
                .allSatisfy(
                        kind -> {
                            assertThat(kind.sentence()).matches("[A-Z].*\\.").doesNotContain("|");
                            assertThat(kind.nextStep()).matches("[A-Z].*\\.").doesNotContain("|");
                            assertThat(kind.id()).matches("[a-z]+(-[a-z]+)*");
                        })
                .extracting(FailureKind::id)
                .doesNotHaveDuplicates();
    }

    private static List<List<String>> rows() throws IOException {
        return Files.readString(Path.of("../docs/reference/errors.md"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
                .map(
                        cells ->
                                List.of(
                                        cells.get(1).replace("`", ""),
                                        cells.get(2),
                                        cells.get(3),
                                        cells.get(4)))
                .toList();
    }
}
