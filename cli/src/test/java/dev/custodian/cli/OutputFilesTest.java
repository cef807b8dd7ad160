package dev.custodian.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFilesTest {
    @TempDir Path folder;

    @Test
    void outputIsNamedAfterTheInputAndBesideIt() {
        var files = OutputFiles.beside(folder.resolve("contract.pdf"));
        assertThat(files.signed()).isEqualTo(folder.resolve("contract-signed.pdf"));
        assertThat(files.root()).isEqualTo(folder.resolve("contract-signed-test-root.pem"));
        assertThat(files.crl()).isEqualTo(folder.resolve("contract-signed-test-root.crl"));
    }

    @Test
    void anyCaseOfTheSuffixIsOne() {
        assertThat(OutputFiles.beside(folder.resolve("SCAN.PDF")).signed())
                .isEqualTo(folder.resolve("SCAN-signed.pdf"));
        assertThat(OutputFiles.beside(folder.resolve("no suffix")).signed())
                .isEqualTo(folder.resolve("no suffix-signed.pdf"));
        assertThat(OutputFiles.beside(Path.of("contract.pdf")).signed())
                .isEqualTo(Path.of("contract-signed.pdf"));
    }

    @Test
    void namesThatAreTakenAreCountedOn() throws Exception {
        Files.createFile(folder.resolve("contract-signed.pdf"));
        Files.createFile(folder.resolve("contract-signed-2-test-root.crl"));
        assertThat(OutputFiles.beside(folder.resolve("contract.pdf")).signed())
                .isEqualTo(folder.resolve("contract-signed-3.pdf"));
    }

    @Test
    void chosenNameMustBeFree() throws Exception {
        var out = folder.resolve("out.pdf");
        assertThat(OutputFiles.at(out).signed()).isEqualTo(out);
        OutputFiles.at(out).requireFree();

        Files.createFile(folder.resolve("out-test-root.pem"));
        assertExists(out, "out-test-root.pem");
        Files.createFile(out);
        assertExists(out, "out.pdf");
        assertExists(folder, folder.toString());
    }

    private static void assertExists(Path out, String sentence) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(() -> OutputFiles.at(out).requireFree())
                .satisfies(
                        e -> {
                            assertThat(e.kind()).isEqualTo(FailureKind.OUTPUT_EXISTS);
                            assertThat(e.detail()).contains(sentence);
                        });
    }

    @Test
    void whatWasMadeIsTakenBackAndNothingElse() throws Exception {
        var files = OutputFiles.at(folder.resolve("out.pdf"));
        files.write(files.signed(), file -> Files.writeString(file, "ours"));
        Files.writeString(files.root(), "somebody else's");
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(
                        () -> files.write(files.root(), file -> Files.writeString(file, "ours")))
                .matches(e -> e.kind() == FailureKind.OUTPUT_EXISTS);

        files.discard();

        assertThat(files.signed()).doesNotExist();
        assertThat(files.root()).hasContent("somebody else's");
    }

    @Test
    void halfAFileIsTakenBack() throws Exception {
        var files = OutputFiles.at(folder.resolve("out.pdf"));
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(
                        () ->
                                files.write(
                                        files.crl(),
                                        file -> {
                                            Files.writeString(file, "half");
                                            throw new IOException("full");
                                        }))
                .matches(e -> e.kind() == FailureKind.OUTPUT_UNWRITABLE);
        assertThat(folder).isEmptyDirectory();
    }
}
