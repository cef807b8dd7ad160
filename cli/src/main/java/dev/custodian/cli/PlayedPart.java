package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.random.RandomGenerator;

/// The person's part in a demo that has no terminal to ask on: a pinentry that says yes, for the
/// demo's own agent and keys alone. Its PIN protects nothing that lasts.
///
/// @param program in the demo's folder, which is for this user alone
record PlayedPart(Path program, String pin) {
    private static final int DIGITS = 6;

    /// Writes the program, with a PIN that is made up.
    static PlayedPart in(DemoFolder folder, RandomGenerator random) throws Refused {
        var pin = pin(random);
        var program = folder.resolve("pinentry");
        try {
            Files.createFile(
                    program,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            Files.writeString(program, script(pin));
        } catch (IOException _) {
            throw new Refused(FailureKind.DISK_FULL, program + " could not be written.");
        }
        return new PlayedPart(program, pin);
    }

    /// A PIN that is made up.
    static String pin(RandomGenerator random) {
        // None that begins so repeats or counts, which the agent would refuse.
        var pin = new StringBuilder("27");
        while (pin.length() < DIGITS) {
            pin.append(random.nextInt(10));
        }
        return pin.toString();
    }

    private static String script(String pin) {
        return """
               #!/bin/sh
               # Plays your part for the agent of one demo that has no terminal.
               echo OK
               while read -r line; do
                   case $line in
                       GETPIN) printf 'D %s\\nOK\\n' ;;
                       *) echo OK ;;
                   esac
               done
               """
                .formatted(pin);
    }
}
