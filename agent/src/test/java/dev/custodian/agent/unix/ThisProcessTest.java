package dev.custodian.agent.unix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ThisProcessTest {
    /// Afterwards this process still reaches its own pipes.
    @Test
    void hiddenProcessStaysHiddenAndWorks() throws Exception {
        assertThat(ThisProcess.user())
                .isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        ThisProcess.hide();
        assertThat(ThisProcess.isHidden()).isTrue();
        try (var pipe = Pipe.open()) {
            var process = new ProcessBuilder("echo", "1").redirectOutput(pipe.writeEnd()).start();
            pipe.closeWriteEnd();
            var read = new byte[16];
            assertThat(pipe.read(read, Duration.ofSeconds(30))).isEqualTo(2);
            assertThat(new String(read, 0, 2, StandardCharsets.US_ASCII)).isEqualTo("1\n");
            assertThat(pipe.read(read, Duration.ofSeconds(30))).isEqualTo(-1);
            assertThat(process.waitFor()).isZero();
        }
    }
}
