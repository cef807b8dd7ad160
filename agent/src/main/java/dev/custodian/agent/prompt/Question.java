package dev.custodian.agent.prompt;

import dev.custodian.core.intent.Shown;
import java.time.Duration;
import java.util.List;

/// What a person is asked, and sees before answering.
///
/// @param title what it is about, in our own words
/// @param shown each line with who says so; what is foreign was made a [Line]
/// @param offers what else may be allowed with the same answer; none for a document
/// @param limit how long the answer is waited for
public record Question(String title, List<Shown> shown, List<Offer> offers, Duration limit) {
    public Question {
        shown = List.copyOf(shown);
        offers = List.copyOf(offers);
        requireVisible(title, shown);
    }

    static void requireVisible(String title, List<Shown> shown) {
        for (var line : shown) {
            if (!Line.isVisible(line.what()) || !Line.isVisible(line.text())) {
                throw new IllegalArgumentException("what is shown is not one visible line");
            }
        }
        if (!Line.isVisible(title)) {
            throw new IllegalArgumentException("a title is one visible line");
        }
    }

    /// Who vouches for a line, in words.
    public static String words(Shown.Source source) {
        return switch (source) {
            case COMPUTED -> "computed here";
            case REPORTED -> "reported";
            case UNKNOWN -> "unknown";
        };
    }
}
