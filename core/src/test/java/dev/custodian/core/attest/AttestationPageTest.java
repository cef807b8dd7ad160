package dev.custodian.core.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AttestationPageTest {
    /// A new flaw needs its row in `docs/reference/attestation.md`, in the order of the list.
    @Test
    void pageNamesEachFlawWithTheSameWords() throws Exception {
        var rows =
                Files.readString(Path.of("../docs/reference/attestation.md"))
                        .lines()
                        .filter(line -> line.startsWith("| `"))
                        .toList();
        assertThat(rows)
                .containsExactlyElementsOf(
                        Arrays.stream(Flaw.values())
                                .map(flaw -> "| `%s` | %s |".formatted(flaw, flaw.sentence()))
                                .toList());
    }
}
