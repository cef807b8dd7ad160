package dev.custodian.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.server.config.PrivateFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassphraseTest {
    @Test
    void fileIsReadOnceAndForgottenAtTheEnd(@TempDir Path folder) throws Exception {
        var file = folder.resolve("passphrase");
        PrivateFile.create(file, "plover vetch\n");
        var passphrase = Passphrase.in(file);
        assertThat(passphrase.file()).isEqualTo(file);
        assertThat(passphrase.isWanted()).isTrue();
        var words = passphrase.get();
        assertThat(words.expose()).asString().isEqualTo("plover vetch");
        Files.delete(file);
        assertThat(passphrase.get()).isSameAs(words);
        passphrase.close();
        assertThatThrownBy(words::expose).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void oneThatWasNeverNeededIsNotWantedAndClosesAllTheSame() {
        try (var passphrase = Passphrase.in(null)) {
            assertThat(passphrase.file()).isNull();
            assertThat(passphrase.isWanted()).isFalse();
        }
    }
}
