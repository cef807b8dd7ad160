package dev.custodian.device.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The device is played by a file: what follows the command in it is the answer.
class DeviceFileTest {
    @TempDir Path folder;

    @Test
    void oneWriteIsTheCommandAndOneReadTheAnswer() throws Exception {
        var path = folder.resolve("tpm");
        Files.write(path, Bytes.fromHex("ffffffff8001").toArray());
        try (var file = DeviceFile.open(path)) {
            assertThat(file.call(new byte[] {1, 2, 3, 4})).isEqualTo(new byte[] {(byte) 0x80, 1});
            // a device that gives nothing more
            assertThat(file.call(new byte[] {5})).isEmpty();
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(Bytes.fromHex("01020304800105").toArray());
    }

    @Test
    void whoMayNotUseItIsToldWhichGroupMay() {
        var path = folder.resolve("tpm");
        assertThatThrownBy(
                        () ->
                                DeviceFile.open(
                                        path,
                                        file -> {
                                            throw new AccessDeniedException(file.toString());
                                        }))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "You may not use the TPM at "
                                + path
                                + ". Have an administrator add you to the group that owns it (tss"
                                + " on most systems: usermod -aG tss NAME), then log in anew.");
    }

    @Test
    void machineWithoutATpmIsTold() {
        var path = folder.resolve("none");
        assertThatThrownBy(() -> DeviceFile.open(path))
                .isInstanceOf(IOException.class)
                .hasMessage("This machine has no TPM 2.0 at " + path + ".");
    }
}
