package dev.custodian.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The PIN of an HSM in its file.
final class PrivateFileTest {
    @TempDir Path folder;

    private Path file;

    @BeforeEach
    void write() throws Exception {
        file = Files.writeString(folder.resolve("hsm.pin"), "s3cret pin\n");
        mode("rw-------");
    }

    private void mode(String mode) throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private void refused(FailureKind kind, @Nullable Path credentials) {
        assertThatThrownBy(() -> PrivateFile.readPin(file, credentials))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(kind);
                            assertThat(refused.detail())
                                    .contains(file.toString())
                                    .doesNotContain("s3cret");
                        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------"})
    void fileThatOthersCanUseIsRefused(String mode) throws Exception {
        mode(mode);
        refused(FailureKind.KEY_FILE_EXPOSED, null);
        mode("r--------");
        try (var pin = PrivateFile.readPin(file, null)) {
            assertThat(Bytes.of(pin.expose())).isEqualTo(Bytes.utf8("s3cret pin"));
        }
    }

    @Test
    void credentialOfSystemdMayShowTheMaskOfItsAcl() throws Exception {
        mode("r--r-----");
        refused(FailureKind.KEY_FILE_EXPOSED, folder.resolve("elsewhere"));
        try (var pin = PrivateFile.readPin(file, folder)) {
            assertThat(Bytes.of(pin.expose())).isEqualTo(Bytes.utf8("s3cret pin"));
        }
        mode("r--r--r--");
        refused(FailureKind.KEY_FILE_EXPOSED, folder);
    }

    @Test
    void emptyHugeAndMissingFilesAreRefused() throws Exception {
        Files.writeString(file, "\r\n");
        refused(FailureKind.KEY_FILE_UNUSABLE, null);
        Files.writeString(file, "s3cret".repeat(1_000));
        refused(FailureKind.KEY_FILE_UNUSABLE, null);
        Files.delete(file);
        refused(FailureKind.KEY_FILE_UNUSABLE, null);
    }
}
