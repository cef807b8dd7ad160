package dev.custodian.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class PlayedPartTest {
    @Test
    void programIsForThisUserAloneAndAnswersAsAPinentry() throws Exception {
        try (var folder = DemoFolder.make()) {
            var part = PlayedPart.in(folder, new SecureRandom());
            assertThat(part.pin()).matches("27[0-9]{4}");
            assertThat(part.program()).startsWith(folder.path());
            assertThat(Files.getPosixFilePermissions(part.program()))
                    .hasToString("[OWNER_READ, OWNER_WRITE, OWNER_EXECUTE]");

            var process = new ProcessBuilder(part.program().toString()).start();
            try (var keyboard = process.outputWriter(StandardCharsets.UTF_8)) {
                keyboard.write("SETPROMPT New PIN\nGETPIN\nCONFIRM\n");
            }
            try (var said = process.inputReader(StandardCharsets.UTF_8)) {
                assertThat(said.lines()).containsExactly("OK", "OK", "D " + part.pin(), "OK", "OK");
            }
            assertThat(process.waitFor()).isZero();
        }
    }
}
