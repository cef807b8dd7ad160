package dev.custodian.agent.prompt;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A program that speaks Assuan as pinentry does: `FakePinentry LOG ANSWER...`. It writes the lines
/// that it gets to LOG. Each CONFIRM and GETPIN gets the next ANSWER, whose `|` end lines; `die`
/// ends it, `hang` says nothing any more.
final class FakePinentry {
    private FakePinentry() {}

    /// The command that starts it.
    static List<String> command(Path log, String... answers) {
        var line =
                new java.util.ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                classes(),
                                FakePinentry.class.getName(),
                                log.toString()));
        line.addAll(List.of(answers));
        return line;
    }

    private static String classes() {
        return Path.of(
                        java.net.URI.create(
                                FakePinentry.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toString()))
                .toString();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        var log = Path.of(args[0]);
        say("# a comment", "OK Pleased to meet you");
        try (var in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            int next = 1;
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                Files.writeString(
                        log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                if (line.equals("CONFIRM") || line.equals("GETPIN")) {
                    var answer = args[next++];
                    if (answer.equals("die")) {
                        System.exit(3);
                    } else if (answer.equals("hang")) {
                        Thread.sleep(Long.MAX_VALUE);
                    }
                    say(answer.split("\\|"));
                } else if (line.startsWith("OPTION")) {
                    say("ERR 83886254 Unknown option <Pinentry>");
                } else if (!line.startsWith("#")) {
                    say("OK");
                }
            }
        }
    }

    private static void say(String... lines) {
        System.out.print(String.join("\n", lines) + "\n");
        System.out.flush();
    }
}
