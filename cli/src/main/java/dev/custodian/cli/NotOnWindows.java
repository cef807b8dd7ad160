package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.File;

/// Commands for what Windows does not have.
final class NotOnWindows {
    private NotOnWindows() {}

    /// Refuses there.
    ///
    /// @param why after a colon, with its full stop
    static void require(String command, String why) throws Refused {
        if (File.separatorChar == '\\') {
            throw new Refused(
                    FailureKind.USAGE, "There is no custodian " + command + " on Windows: " + why);
        }
    }
}
