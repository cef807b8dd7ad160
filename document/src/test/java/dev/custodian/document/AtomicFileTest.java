package dev.custodian.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir Path folder;

    @Test
    void fileAppearsWithAllItsOctets() throws Exception {
        var file = folder.resolve("a");
        AtomicFile.write(file, 3, out -> out.write(new byte[] {1, 2, 3}));
        assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(folder).isDirectoryContaining(p -> p.equals(file));
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void nothingIsLeftWhenWritingFails() {
        assertKind(
                FailureKind.OUTPUT_UNWRITABLE,
                folder.resolve("a"),
                3,
                out -> {
                    out.write(1);
                    throw new IOException("the disk was pulled out");
                });
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void refusalOfTheContentIsPassedOnAndNothingIsLeft() {
        assertKind(
                FailureKind.FILE_UNREADABLE,
                folder.resolve("a"),
                3,
                out -> {
                    out.write(1);
                    throw new Refused(FailureKind.FILE_UNREADABLE);
                });
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void fileThatAppearsMeanwhileIsKept() throws Exception {
        var file = folder.resolve("a");
        assertKind(
                FailureKind.OUTPUT_EXISTS, file, 3, out -> Files.writeString(file, "somebody's"));
        assertThat(file).hasContent("somebody's");
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void moreThanTheDiskHoldsIsRefusedBeforeItIsWritten() {
        assertKind(
                FailureKind.DISK_FULL,
                folder.resolve("a"),
                Long.MAX_VALUE,
                out -> {
                    throw new AssertionError("nothing may be written");
                });
        assertThat(folder).isEmptyDirectory();
    }

    private static void assertKind(
            FailureKind kind, Path file, long size, AtomicFile.Content content) {
        assertThatThrownBy(() -> AtomicFile.write(file, size, content))
                .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
