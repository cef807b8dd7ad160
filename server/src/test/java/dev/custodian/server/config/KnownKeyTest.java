package dev.custodian.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.custodian.core.Bytes;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownKeyTest {
    private static final KnownKey KNOWN =
            new KnownKey(
                    "00ff",
                    WrappingMechanism.AES_KEY_WRAP_PAD,
                    Bytes.fromHex("0102"),
                    Bytes.fromHex("03"),
                    "2/3");
    private static final KnownKey OLDER =
            new KnownKey(
                    "01",
                    WrappingMechanism.AES_KEY_WRAP_KWP,
                    Bytes.fromHex("04"),
                    Bytes.fromHex("05"),
                    "");
    private static final String WHOLE =
            "id = \"00\"\nmechanism = \"AES_KEY_WRAP_PAD\"\nwrapped = \"00\"\nanswer = \"00\"\n";

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "id = ",
                "id = \"\"\nmechanism = \"AES_KEY_WRAP_PAD\"\nwrapped = \"00\"\nanswer = \"00\"",
                "id = \"00\"\nmechanism = \"AES_CBC_PAD\"\nwrapped = \"00\"\nanswer = \"00\"",
                "id = \"00\"\nmechanism = \"AES_KEY_WRAP_PAD\"\nwrapped = \"0\"\nanswer = \"00\"",
                "id = \"00\"\nmechanism = \"AES_KEY_WRAP_PAD\"\nwrapped = \"00\"",
                "id = \"00\"\nmechanism = \"AES_KEY_WRAP_PAD\"\nwrapped = \"00\"\nanswer = \"00\"\nx = 1",
                WHOLE + "shares = \"2 of 3\"",
                WHOLE + "former = 1",
                WHOLE + "[former]\n" + WHOLE,
                WHOLE + "[[former]]\nid = \"00\"",
                WHOLE + "[[former]]\n" + WHOLE + "x = 1"
            })
    void whatIsNotWholeIsRefused(String text) throws Exception {
        var file = Files.writeString(folder.resolve("key.toml"), text);
        assertThatThrownBy(() -> KnownKey.read(file))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(FailureKind.CONFIG_WRONG);
                            assertThat(refused.detail()).contains(file.toString());
                        });
    }

    @Test
    void whatWasWrittenIsReadAndNeverReplaced() throws Exception {
        var file = folder.resolve("key.toml");
        assertThat(KnownKey.read(file)).isEmpty();
        OLDER.create(file);
        assertThat(KnownKey.read(file)).containsExactly(OLDER);
        assertThatThrownBy(() -> KNOWN.create(file)).isInstanceOf(Refused.class);
        KNOWN.succeed(file, KnownKey.read(file));
        assertThat(KnownKey.read(file)).containsExactly(KNOWN, OLDER);
        OLDER.succeed(file, KnownKey.read(file));
        assertThat(KnownKey.read(file)).containsExactly(OLDER, KNOWN, OLDER);
    }
}
