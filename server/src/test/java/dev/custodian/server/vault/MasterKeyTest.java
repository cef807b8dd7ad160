package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MasterKeyTest {
    @TempDir Path folder;

    private Path file;

    @BeforeEach
    void create() throws Exception {
        file = folder.resolve("master.key");
        MasterKey.create(file, new SecureRandom());
    }

    @Test
    void keyIsReadBackAndOnlyItsOwnerMayReadTheFile() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var key = MasterKey.read(file)) {
            assertThat(key.expose()).hasSize(32).isEqualTo(Files.readAllBytes(file));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw----r--", "rw-r-----", "rwx------", "rw-----w-"})
    void fileThatOthersMayTouchIsRefused(String mode) throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        assertThatThrownBy(() -> MasterKey.read(file))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.kind()).isEqualTo(FailureKind.KEY_FILE_EXPOSED));
    }

    @Test
    void fileOfAnotherSizeIsRefused() throws Exception {
        Files.write(file, new byte[31]);
        assertThatThrownBy(() -> MasterKey.read(file))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.kind())
                                        .isEqualTo(FailureKind.KEY_FILE_UNUSABLE));
    }

    @Test
    void missingFileIsRefused() {
        assertThatThrownBy(() -> MasterKey.read(folder.resolve("none")))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.kind())
                                        .isEqualTo(FailureKind.KEY_FILE_UNUSABLE));
    }

    @Test
    void existingKeyIsNeverReplaced() throws Exception {
        var before = Files.readAllBytes(file);
        assertThatThrownBy(() -> MasterKey.create(file, new SecureRandom()))
                .isInstanceOf(Refused.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }
}
