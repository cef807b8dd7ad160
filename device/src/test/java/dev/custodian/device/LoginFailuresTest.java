package dev.custodian.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.custodian.device.login.LoginException;
import dev.custodian.device.login.LoginException.Meaning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoginFailuresTest {
    private static final Path FILE = Path.of("/keys/folder.key");

    @Test
    void pageNamesTheFailureOfEachMeaning() throws IOException {
        var meanings =
                Arrays.stream(Meaning.values())
                        .map(
                                meaning ->
                                        List.of(
                                                meaning.name()
                                                        .toLowerCase(Locale.ROOT)
                                                        .replace('_', ' '),
                                                LoginFailures.of(meaning).id()))
                        .toList();
        var rows =
                Files.readString(Path.of("../docs/reference/device-failures.md"))
                        .lines()
                        .dropWhile(line -> !line.startsWith("## What the keyring of a login"))
                        .takeWhile(line -> !line.startsWith("## What a card says"))
                        .filter(line -> line.startsWith("| ") && line.contains("`"))
                        .map(line -> line.split("\\|", -1))
                        .map(cells -> List.of(cells[1].strip(), cells[2].strip().replace("`", "")))
                        .toList();
        assertThat(rows).containsExactlyElementsOf(meanings);
    }

    @ParameterizedTest
    @EnumSource
    void onlyALostItemSendsAnybodyToEnrolAnew(Meaning meaning) {
        var told = LoginFailures.of(FILE, new LoginException(meaning, "it said so"));
        assertThat(told.failure()).isEqualTo(LoginFailures.of(meaning));
        assertThat(told.sentences())
                .contains("/keys/folder.key: it said so. ")
                .matches(".*[a-z]\\.");
        assertThat(told.sentences().contains("recover anew"))
                .isEqualTo(meaning == Meaning.ITEM_GONE || meaning == Meaning.CHANGED);
    }

    @Test
    void restOfTheProductUnlocksWhatIsLocked() {
        var locked = LoginFailures.of(new LoginException(Meaning.LOCKED, "nobody was there"));
        assertThat(locked.refused().kind().id()).isEqualTo("key-sealed");
        var foreign = LoginFailures.of(FILE, new IOException("0x8009000B"));
        assertThat(foreign.failure()).isEqualTo(DeviceFailure.KEY_DAMAGED);
        assertThat(foreign.sentences()).contains("another user's login", "0x8009000B");
    }
}
