package dev.custodian.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.core.Refused;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What calls Windows is not loaded elsewhere, where it could only fail.
@Timeout(60)
class NothingOfWindowsTest {
    @TempDir Path scratch;

    /// A program that looks for its agent, which does not run.
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            try (var _ =
                    LinkClient.connect(
                            AgentAddress.of(Map.of("XDG_RUNTIME_DIR", args[0])), "test", "1")) {
                System.out.println("connected");
            } catch (Refused e) {
                System.out.println(e.kind());
            }
        }
    }

    @Test
    void programThatLooksForTheAgentLoadsNoneOfIt() throws Exception {
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-Xlog:class+load",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName(),
                                scratch.toString())
                        .redirectErrorStream(true)
                        .start();
        String said;
        try (var out = process.getInputStream()) {
            said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(said)
                .contains("AGENT_UNREACHABLE", "dev.custodian.link.SocketCarrier ")
                .doesNotContain("link.pipe.", "PipeCarrier", "java.lang.foreign.Linker ");
        assertThat(process.waitFor()).isZero();
    }
}
