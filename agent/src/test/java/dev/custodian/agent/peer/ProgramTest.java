package dev.custodian.agent.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ssh, process 1? No:",
                "ssh\u202E",
                "\u0441\u0441h",
                "..",
                "<html>",
                "abcdefghijklmnopqrstuvwxyzabcdefg"
            })
    void nameThatIsNoPlainWordIsNotPutIntoASentence(String file) {
        assertThat(new Program(1, 1, "/tmp/" + file, file).shortName()).isEqualTo("a program");
    }

    @Test
    void plainNameIs() {
        assertThat(new Program(1, 1, "/usr/bin/gnutls-cli", "x").shortName())
                .isEqualTo("gnutls-cli");
        assertThat(new Program(1, 1, "C:/Program Files/x/signtool.exe", "").shortName())
                .isEqualTo("signtool.exe");
        assertThat(new Program(1, 1, "", "python3.13").shortName()).isEqualTo("python3.13");
    }
}
