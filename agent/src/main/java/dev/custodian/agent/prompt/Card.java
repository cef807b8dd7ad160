package dev.custodian.agent.prompt;

import dev.custodian.core.intent.Shown;
import java.util.ArrayList;
import java.util.List;

/// A question as plain text, for prompts that show nothing else.
///
/// Words of ours begin a line. What others say is set in, and broken into lines here, so that no
/// line of it can be taken for one of ours however wide the window is.
final class Card {
    /// Columns of what is set in.
    static final int COLUMNS = 60;

    private static final String SET_IN = "    ";
    private static final int FIRST_WIDE = 0x1100;

    private Card() {}

    /// @param waiting titles of the questions behind this one
    /// @param named how many of these are named, the first ones; all are counted
    /// @param most characters of each thing that is shown; the middle of a longer one is left out
    static List<String> lines(
            String title, List<Shown> shown, List<String> waiting, int named, int most) {
        var lines = new ArrayList<String>();
        lines.add(title);
        for (var line : shown) {
            lines.add(line.what() + " (" + Question.words(line.source()) + "):");
            lines.addAll(setIn(Line.shortened(line.text(), most)));
        }
        if (!waiting.isEmpty()) {
            lines.add("waiting for their turn: " + waiting.size());
            waiting.stream()
                    .limit(named)
                    .forEach(one -> lines.addAll(setIn(Line.shortened(one, most))));
        }
        return lines;
    }

    /// What an offer allows and why, below words that say so.
    static List<String> also(String what, Offer offer) {
        var lines = new ArrayList<>(List.of(what));
        lines.addAll(setIn(offer.who() + ":"));
        lines.addAll(setIn(offer.bounds()));
        if (!offer.why().isEmpty()) {
            lines.add(offer.why());
        }
        return lines;
    }

    private static List<String> setIn(String text) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder(SET_IN);
        int columns = 0;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            int width = c < FIRST_WIDE ? 1 : 2;
            if (columns + width > COLUMNS) {
                lines.add(line.toString());
                line = new StringBuilder(SET_IN);
                columns = 0;
            }
            line.appendCodePoint(c);
            columns += width;
            at += Character.charCount(c);
        }
        lines.add(line.toString());
        return lines;
    }
}
