package dev.custodian.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFolderTest {
    @TempDir Path scratch;

    private void mode(String name, String mode) throws Exception {
        Files.setPosixFilePermissions(scratch.resolve(name), PosixFilePermissions.fromString(mode));
    }

    private static void refused(FailureKind kind, ThrowingCallable what) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(refusal -> assertThat(refusal.kind()).isEqualTo(kind));
    }

    @Test
    void socketsAreInAFolderOfTheUserAlone() throws Exception {
        var folder = SocketFolder.open(scratch.resolve("s"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        assertThat(SocketFolder.open(folder)).isEqualTo(folder);
        mode("s", "rwxrwxrwx");
        refused(FailureKind.SOCKET_TAKEN, () -> SocketFolder.open(folder));
        Files.createSymbolicLink(scratch.resolve("link"), scratch);
        refused(FailureKind.SOCKET_TAKEN, () -> SocketFolder.open(scratch.resolve("link")));
        Files.writeString(scratch.resolve("file"), "");
        refused(FailureKind.SOCKET_TAKEN, () -> SocketFolder.open(scratch.resolve("file")));
    }
}
