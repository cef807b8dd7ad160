package dev.custodian.cli;

import java.util.regex.Pattern;

/// Foreign words made fit for a terminal.
final class Words {
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private Words() {}

    /// Text such as a file name, without what could move the cursor or reverse the line.
    static String printable(Object foreign) {
        return UNPRINTABLE.matcher(foreign.toString()).replaceAll("?");
    }

    /// A word that a shell reads back as it is.
    static String shell(Object word) {
        var text = word.toString();
        return text.matches("[A-Za-z0-9_./:=+,@%-]+")
                ? text
                : "'" + text.replace("'", "'\\''") + "'";
    }
}
