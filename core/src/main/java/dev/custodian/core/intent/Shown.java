package dev.custodian.core.intent;

import dev.custodian.core.MalformedException;
import dev.custodian.core.MalformedException.Reason;
import dev.custodian.core.json.Json;
import java.util.Locale;

/// One line of what the prompt showed, and who says so (DESIGN §5.2).
///
/// @param what what the line is about: `document`, `credential`, `program`
public record Shown(String what, String text, Source source) {
    /// `what` of the line that names for whom a consent is: the approval of a `sign` intent under
    /// it repeats the consent's subject there.
    public static final String SUBJECT = "subject";

    private static final int LONGEST = 1024;

    /// Who vouches for a shown line.
    public enum Source {
        /// Computed by us from the thing itself.
        COMPUTED,
        /// Said by the program that asked.
        REPORTED,
        /// Nobody knows.
        UNKNOWN;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Source parse(String text) throws MalformedException {
            for (var source : values()) {
                if (source.text().equals(text)) {
                    return source;
                }
            }
            throw new MalformedException("not a source: computed, reported or unknown");
        }
    }

    public Shown {
        if (what.length() > LONGEST || text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "a shown line of more than " + LONGEST + " characters");
        }
    }

    /// The line that names the subject of a consent; whose process it is, only the device says.
    public static Shown subject(String subject) {
        return new Shown(SUBJECT, subject, Source.REPORTED);
    }

    public Json toJson() {
        return Json.object()
                .put("what", what)
                .put("text", text)
                .put("source", source.text())
                .build();
    }

    public static Shown ofJson(Json json) throws MalformedException {
        var members = Json.members(json, "shown");
        var what = members.text("what");
        var text = members.text("text");
        var source = Source.parse(members.text("source"));
        members.done();
        if (what.length() > LONGEST || text.length() > LONGEST) {
            throw new MalformedException(Reason.SIZE, "a shown line is too long");
        }
        return new Shown(what, text, source);
    }
}
