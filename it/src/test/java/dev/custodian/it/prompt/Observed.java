package dev.custodian.it.prompt;

import static org.awaitility.Awaitility.await;

import dev.custodian.agent.prompt.Notice;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A program with windows that is told things by lines on its standard input, and says on standard
/// output, after a line and a colon, what came of it. `look`, with a number, tells what a screen
/// reader hears of its windows.
public final class Observed {
    /// For what should happen.
    public static final Duration LIMIT = Duration.ofMinutes(1);

    private final PrintStream lines;
    private final Path said;
    private int looks;

    /// Watches a program that was started.
    ///
    /// @param said the file that its standard output goes to
    public Observed(Process program, Path said) {
        this.lines = new PrintStream(program.getOutputStream(), true, StandardCharsets.UTF_8);
        this.said = said;
    }

    void tell(String line) {
        lines.println(line);
    }

    /// What came of a line.
    String answer(String line) throws IOException {
        await().atMost(LIMIT).until(() -> said(line) != null);
        return String.valueOf(said(line));
    }

    @Nullable String said(String line) throws IOException {
        var text = new String(Files.readAllBytes(said), StandardCharsets.UTF_8);
        // the last line may be there in part only
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(one -> one.startsWith(line + ": "))
                .reduce((_, last) -> last)
                .map(one -> one.substring(line.length() + 2))
                .orElse(null);
    }

    /// What a screen reader hears of the window that is shown.
    public List<String> look() throws IOException {
        var look = "look " + ++looks;
        tell(look);
        return List.of(answer(look).split("\\|", -1));
    }

    /// Waits until a window with a title that begins so takes keys.
    public void awaitWindow(String title) {
        await().atMost(LIMIT)
                .until(
                        () -> {
                            var seen = look();
                            return seen.stream().anyMatch(part -> part.startsWith("text:=" + title))
                                    && seen.stream().anyMatch(part -> part.endsWith("*"))
                                    && seen.stream().noneMatch(Observed::isDeaf);
                        });
    }

    /// A field, or the only button that needs none, before keys count.
    private static boolean isDeaf(String part) {
        return part.endsWith("-")
                && (part.startsWith("password text:") || part.contains(Notice.NOTED));
    }

    /// Waits until this part has the focus.
    public void awaitFocus(String part) {
        await().atMost(LIMIT).until(() -> look().contains(part + "*"));
    }
}
