package dev.custodian.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.custodian.cli.windows.LogonPrograms;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AutostartTest {
    private static final Path HOME = Path.of("C:\\Custodian");
    private static final Path JAVA = Path.of("C:\\Program Files\\Java 25");

    /// Stands in for the registry.
    private record Kept(Map<String, String> lines) implements LogonPrograms {
        @Override
        public @Nullable String commandLine(String name) {
            return lines.get(name);
        }

        @Override
        public void set(String name, String commandLine) {
            lines.put(name, commandLine);
        }

        @Override
        public void remove(String name) {
            lines.remove(name);
        }
    }

    private final Kept kept = new Kept(new HashMap<>());
    private final Autostart autostart = new Autostart(kept);

    private static void refused(FailureKind kind, ThrowingCallable what) {
        assertThatExceptionOfType(Refused.class)
                .isThrownBy(what)
                .satisfies(refusal -> assertThat(refusal.kind()).isEqualTo(kind));
    }

    @Test
    void lineOfSomebodyElseStays() {
        kept.set("Custodian", "C:\\games\\custodian.exe");
        refused(
                FailureKind.SETTING_FOREIGN,
                () -> autostart.write(Autostart.commandLine(HOME, JAVA)));
        refused(FailureKind.SETTING_FOREIGN, autostart::remove);
        assertThat(kept.lines).containsOnly(Map.entry("Custodian", "C:\\games\\custodian.exe"));
    }

    /// A folder that makes the line so long.
    private static Path home(int length) throws Refused {
        int rest = Autostart.commandLine(Path.of(""), JAVA).length();
        return Path.of("x".repeat(length - rest));
    }

    @Test
    void lineThatWindowsWouldNotStartIsRefusedAndTheLongestIsNot() throws Exception {
        var tooLong = home(LogonPrograms.LONGEST + 1);
        refused(FailureKind.USAGE, () -> Autostart.commandLine(tooLong, JAVA));
        var longest = Autostart.commandLine(home(LogonPrograms.LONGEST), JAVA);
        assertThat(longest).hasSize(LogonPrograms.LONGEST);
        autostart.write(longest);
        assertThat(kept.lines).containsOnly(Map.entry("Custodian", longest));
    }

    @Test
    void ourLineIsWrittenAnewAndRemovedOnce() throws Exception {
        kept.set("Other", "other.exe");
        autostart.write("before" + " dev.custodian.agent.Main");
        autostart.write(Autostart.commandLine(HOME, JAVA));
        assertThat(kept.lines)
                .containsEntry(
                        "Custodian",
                        "\"C:\\Program Files\\Java 25\\bin\\javaw.exe\" -XX:+UseSerialGC -Xmx128m"
                                + " --enable-native-access=ALL-UNNAMED"
                                + " -cp \"C:\\Custodian\\agent\\target\\lib\\*\""
                                + " dev.custodian.agent.Main");
        assertThat(autostart.remove()).isTrue();
        assertThat(autostart.remove()).isFalse();
        assertThat(kept.lines).containsOnly(Map.entry("Other", "other.exe"));
    }
}
