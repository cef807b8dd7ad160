package dev.custodian.agent.prompt;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Foreign text, such as the name of a program, a document or a host, as one bounded line in which
/// every character can be seen.
///
/// What has no shape of its own, would break the line, turn it round or pile up over its neighbours
/// is shown by its number, as Java and Rust write it: backslash, u, `{202e}`. So is a space that
/// follows another one or stands at an end, since spaces can push text out of sight. A backslash is
/// doubled. What looks like another letter is not found: that no program can do for the reader.
public final class Line {
    /// Characters of a name in a question.
    public static final int NAME = 100;

    private static final int SHORTEST = 32;
    private static final int MOST_MARKS = 2;

    private Line() {}

    /// Makes foreign text one line.
    ///
    /// @param most characters of the result, at least 32; the middle of what is longer is left out,
    ///   and its size said
    public static String of(String foreign, int most) {
        if (most < SHORTEST) {
            throw new IllegalArgumentException("a line of " + most + " characters");
        }
        // Normalising makes at most three characters one. What is cut off is not looked at: it may
        // be long.
        int far = 4 * most;
        var cut = foreign.length() > 2 * far;
        var pieces = pieces(cut ? foreign.substring(0, far) : foreign);
        if (cut) {
            pieces.addAll(pieces(foreign.substring(foreign.length() - far)));
        } else if (size(pieces) <= most) {
            return String.join("", pieces);
        }
        return shortened(pieces, foreign.codePointCount(0, foreign.length()), most);
    }

    /// A line of this class with its middle left out, so that it has at most `most` characters.
    public static String shortened(String line, int most) {
        if (line.length() <= most) {
            return line;
        }
        var pieces = new ArrayList<String>();
        for (int at = 0; at < line.length(); at += pieces.getLast().length()) {
            pieces.add(line.substring(at, endOfPiece(line, at)));
        }
        return shortened(pieces, line.codePointCount(0, line.length()), most);
    }

    /// Where the piece that begins at `at` ends: a character, a doubled backslash or a number.
    private static int endOfPiece(String line, int at) {
        if (line.startsWith("\\u{", at) && line.indexOf('}', at) > 0) {
            return line.indexOf('}', at) + 1;
        }
        return at + (line.startsWith("\\\\", at) ? 2 : Character.charCount(line.codePointAt(at)));
    }

    /// Whether a line of this class, or of several put together with words of ours.
    static boolean isVisible(String text) {
        return text.indexOf('\n') < 0
                && String.join("", pieces(text.strip())).replace("\\\\", "\\").equals(text);
    }

    private static String shortened(List<String> pieces, int characters, int most) {
        var gap = String.format(Locale.ROOT, "…(%d characters)…", characters);
        int room = most - gap.length();
        var head = new StringBuilder();
        int first = 0;
        while (head.length() + pieces.get(first).length() <= (room + 1) / 2) {
            head.append(pieces.get(first++));
        }
        int last = pieces.size();
        for (int left = room / 2; last > first; last--) {
            left -= pieces.get(last - 1).length();
            if (left < 0) {
                break;
            }
        }
        // A mark without its letter would be drawn over the gap.
        while (last < pieces.size() && isMark(pieces.get(last).codePointAt(0))) {
            last++;
        }
        return head + gap + String.join("", pieces.subList(last, pieces.size()));
    }

    private static int size(List<String> pieces) {
        return pieces.stream().mapToInt(String::length).sum();
    }

    private static List<String> pieces(String foreign) {
        var text = Normalizer.normalize(foreign, Normalizer.Form.NFC);
        var pieces = new ArrayList<String>();
        int marks = MOST_MARKS;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (isMark(c)) {
                // On a letter only, and not too many.
                pieces.add(marks < MOST_MARKS ? Character.toString(c) : number(c));
                marks++;
            } else if (c == ' ') {
                var seen = at > 1 && text.charAt(at - 2) != ' ' && at < text.length();
                pieces.add(seen ? " " : number(c));
                marks = MOST_MARKS;
            } else {
                pieces.add(c == '\\' ? "\\\\" : hasShape(c) ? Character.toString(c) : number(c));
                marks = Character.isLetter(c) && hasShape(c) ? 0 : MOST_MARKS;
            }
        }
        return pieces;
    }

    private static boolean isMark(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> hasShape(c);
            default -> false;
        };
    }

    private static boolean hasShape(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.ENCLOSING_MARK ->
                    false;
            default -> !isIgnorable(c);
        };
    }

    /// Letters and marks that are drawn as nothing (Default_Ignorable_Code_Point of Unicode), and
    /// the empty Braille cell.
    private static boolean isIgnorable(int c) {
        return c == 0x034f
                || c == 0x115f
                || c == 0x1160
                || c == 0x17b4
                || c == 0x17b5
                || c >= 0x180b && c <= 0x180f
                || c == 0x2800
                || c == 0x3164
                || c >= 0xfe00 && c <= 0xfe0f
                || c == 0xffa0
                || c >= 0xe0100 && c <= 0xe01ef;
    }

    private static String number(int c) {
        return String.format(Locale.ROOT, "\\u{%x}", c);
    }
}
