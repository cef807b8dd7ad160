package dev.custodian.cli;

import dev.custodian.cli.windows.LogonPrograms;
import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Path;

/// Has Windows start the agent when the user logs on. What somebody else called by our name is
/// neither replaced nor removed.
record Autostart(LogonPrograms programs) {
    private static final String NAME = "Custodian";
    private static final String MAIN = " dev.custodian.agent.Main";

    /// @param home the project's folder
    /// @param java the folder of the Java that runs it
    static String commandLine(Path home, Path java) throws Refused {
        var line =
                "\"%s\\bin\\javaw.exe\" -XX:+UseSerialGC -Xmx128m --enable-native-access=ALL-UNNAMED -cp \"%s\\agent\\target\\lib\\*\"%s"
                        .formatted(java, home, MAIN);
        if (line.length() > LogonPrograms.LONGEST) {
            throw new Refused(
                    FailureKind.USAGE,
                    "Windows starts no program by a line of more than "
                            + LogonPrograms.LONGEST
                            + " characters, and this has "
                            + line.length()
                            + ": move Custodian, or Java, to a folder with a shorter name.");
        }
        return line;
    }

    /// From now on it is started so.
    void write(String commandLine) throws Refused {
        try {
            requireOurs();
            programs.set(NAME, commandLine);
        } catch (IOException e) {
            throw new Refused(FailureKind.OUTPUT_UNWRITABLE, e.getMessage() + ".");
        }
    }

    /// Not any more; whether it was.
    boolean remove() throws Refused {
        try {
            boolean there = requireOurs();
            if (there) {
                programs.remove(NAME);
            }
            return there;
        } catch (IOException e) {
            throw new Refused(FailureKind.OUTPUT_UNWRITABLE, e.getMessage() + ".");
        }
    }

    /// Whether there is one.
    private boolean requireOurs() throws Refused, IOException {
        var there = programs.commandLine(NAME);
        if (there != null && !there.endsWith(MAIN)) {
            throw new Refused(
                    FailureKind.SETTING_FOREIGN,
                    "At the logon, Windows starts as " + NAME + ": " + Words.printable(there));
        }
        return there != null;
    }
}
