package dev.custodian.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A master key whose passphrase is typed on a terminal, and in no file.
class PassphraseIT {
    private static final String WORDS = "plover vetch saltmarsh";

    @TempDir private Path folder;

    /// Gives the server's command on a terminal, and types these lines there.
    private static Program.Ran typed(String lines, String command) throws Exception {
        var line =
                "printf '%s' | script -qec \"./custodian-server %s\" /dev/null"
                        .formatted(lines, command);
        return Program.run(Program.HOME, Map.of(), List.of("sh", "-c", line));
    }

    @Test
    void serverThatKnowsNoPassphraseAsksForItOnTheTerminal() throws Exception {
        var data = folder.resolve("sign");
        var init = "init --passphrase --dir " + data;
        assertThat(typed(WORDS + "\\n" + WORDS + "x\\n", init).said())
                .contains("The two passphrases were not the same.");
        assertThat(data).doesNotExist();
        var made = typed(WORDS + "\\n" + WORDS + "\\n", init);
        assertThat(made.orFail().out()).contains("Without master.key and its passphrase");

        var left = "vault left --config " + data.resolve("config.toml");
        assertThat(typed(WORDS + "\\n", left).orFail().out())
                .contains("Passphrase of the master key: ", "No key is left in a former form.");
        var wrong = typed(WORDS + "x\\n", left);
        assertThat(wrong.exit()).isEqualTo(3);
        assertThat(wrong.said()).contains("The passphrase is not the one of ");
        try (var files = Files.list(data)) {
            assertThat(files)
                    .allSatisfy(
                            file ->
                                    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                                            .doesNotContain(WORDS));
        }
    }
}
