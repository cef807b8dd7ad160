package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// The person's part where there is no screen for the agent's windows: a screen that nobody sees
/// (Xvfb) and a script that presses the keys (xdotool), for one demo's own agent and keys alone.
///
/// @param display the screen
/// @param pin that is typed; made up
record PlayedWindows(String display, String pin) {
    /// Starts screen and script.
    static PlayedWindows start(Processes processes, String pin)
            throws Refused, InterruptedException {
        var screen =
                processes.start(
                        new ProcessBuilder(
                                        "Xvfb",
                                        "-displayfd",
                                        "1",
                                        "-nolisten",
                                        "tcp",
                                        "-screen",
                                        "0",
                                        "1280x800x24")
                                .redirectError(Redirect.DISCARD));
        var number = Processes.firstLine(screen, "The screen");
        if (number.isEmpty()) {
            throw new Refused(FailureKind.PROMPT_UNUSABLE, "Xvfb could not be started.");
        }
        var script = script(processes.folder(), pin);
        var player = new ProcessBuilder("sh", script.toString()).redirectErrorStream(true);
        player.environment().put("DISPLAY", ":" + number);
        var _ =
                processes.start(
                        player.redirectOutput(processes.folder().resolve("player.log").toFile()));
        return new PlayedWindows(":" + number, pin);
    }

    private static Path script(DemoFolder folder, String pin) throws Refused {
        var script = folder.resolve("player");
        try {
            Files.createFile(
                    script,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            return Files.writeString(script, text(pin), StandardCharsets.US_ASCII);
        } catch (IOException _) {
            throw new Refused(FailureKind.DISK_FULL, script + " could not be written.");
        }
    }

    /// A PIN is chosen and typed again, the recovery code is noted, then each question is approved.
    /// A window takes no keys in its first moment, so they are pressed until it goes; none of them
    /// means no.
    private static String text(String pin) {
        return """
               # Plays your part for the agent of one demo that has no screen.
               shown() { xdotool search --onlyvisible --name '^Custodian$' 2>/dev/null | head -n 1; }
               answer() {
                   until window=$(shown) && [ -n "$window" ]; do sleep 0.2; done
                   while [ "$(shown)" = "$window" ]; do
                       sleep 1
                       for step in "$@"; do
                           case $step in
                               pin) xdotool key ctrl+a type --delay 30 %s ;;
                               *) xdotool key "$step" ;;
                           esac
                       done
                       sleep 1
                   done
               }
               answer pin Tab pin alt+c
               answer alt+i
               while true; do answer pin alt+a; done
               """
                .formatted(pin);
    }
}
