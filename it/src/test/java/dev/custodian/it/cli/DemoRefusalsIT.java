package dev.custodian.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.FailureKind;
import dev.custodian.document.SamplePdf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What cannot be signed or written is told before anything is started, and nothing is left.
class DemoRefusalsIT {
    @TempDir Path scratch;

    private Path work = Path.of("");

    @BeforeEach
    void writeSample() throws Exception {
        work = Files.createDirectories(scratch.resolve("work"));
        Files.write(work.resolve("sample.pdf"), SamplePdf.octets());
    }

    @Test
    void fileThatIsNotThere() throws Exception {
        refused(FailureKind.FILE_UNREADABLE, "missing.pdf");
    }

    @Test
    void noPdf() throws Exception {
        Files.writeString(work.resolve("text.pdf"), "Dear Sir or Madam");
        refused(FailureKind.NOT_A_PDF, "text.pdf");
    }

    @Test
    void folder() throws Exception {
        refused(FailureKind.NOT_A_PDF, ".");
    }

    @Test
    void noOctets() throws Exception {
        Files.createFile(work.resolve("empty.pdf"));
        refused(FailureKind.PDF_EMPTY, "empty.pdf");
    }

    @Test
    void cutOff() throws Exception {
        var octets = SamplePdf.octets();
        Files.write(work.resolve("cut.pdf"), Arrays.copyOf(octets, octets.length / 2));
        refused(FailureKind.PDF_DAMAGED, "cut.pdf");
    }

    @Test
    void encrypted() throws Exception {
        var qpdf =
                new ProcessBuilder(
                                "qpdf",
                                "--encrypt",
                                "user",
                                "owner",
                                "256",
                                "--",
                                "sample.pdf",
                                "secret.pdf")
                        .directory(work.toFile())
                        .inheritIO()
                        .start();
        assertThat(qpdf.waitFor()).isZero();
        refused(FailureKind.PDF_ENCRYPTED, "secret.pdf");
    }

    @Test
    void outputThatIsThere() throws Exception {
        Files.writeString(work.resolve("there.pdf"), "precious");
        refused(FailureKind.OUTPUT_EXISTS, "sample.pdf", "--out", "there.pdf");
        assertThat(work.resolve("there.pdf")).hasContent("precious");
    }

    @Test
    void rootThatIsThere() throws Exception {
        Files.writeString(work.resolve("out-test-root.pem"), "precious");
        refused(FailureKind.OUTPUT_EXISTS, "sample.pdf", "--out", "out.pdf");
    }

    @Test
    void outputThatIsTheInput() throws Exception {
        refused(FailureKind.OUTPUT_IS_INPUT, "sample.pdf", "--out", "./sample.pdf");
    }

    @Test
    void outputInAFolderThatIsNotThere() throws Exception {
        refused(FailureKind.OUTPUT_UNWRITABLE, "sample.pdf", "--out", "nowhere/out.pdf");
    }

    private void refused(FailureKind kind, String... arguments) throws Exception {
        var line = new ArrayList<>(List.of("demo", "--json"));
        line.addAll(List.of(arguments));
        var before = names();
        try (var run = Custodian.start(scratch, "", line.toArray(String[]::new))) {
            assertThat(run.exit()).as(run.stderr()).isEqualTo(3);
            assertThat(run.stdout()).isEmpty();
            assertThat(run.stderr())
                    .contains("custodian: " + kind.sentence())
                    .contains("  " + kind.nextStep())
                    .doesNotContain("\tat ", "Exception", "started a server");
            assertThat(names()).isEqualTo(before);
            run.assertNothingLeft();
        }
    }

    private List<String> names() throws Exception {
        try (var files = Files.list(work)) {
            return files.map(Path::toString).sorted().toList();
        }
    }
}
