package dev.custodian.cli;

import dev.custodian.core.FailureKind;
import dev.custodian.core.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The user's own git settings, as git reads and writes them.
final class GitConfig {
    private static final int NOT_SET = 1;
    private static final int NOTHING_TO_UNSET = 5;

    /// What git said, and how it ended.
    private record Said(int exit, String out) {}

    /// All values of a setting, in their order.
    List<String> get(String key) throws Refused {
        var said = git("config", "--global", "-z", "--get-all", key);
        if (said.exit != 0 && said.exit != NOT_SET) {
            throw broken(key);
        }
        return said.out.isEmpty()
                ? List.of()
                : List.of(said.out.split("\0", -1)).subList(0, count(said.out));
    }

    private static int count(String out) {
        return (int) out.chars().filter(c -> c == 0).count();
    }

    /// Makes these the only values.
    void set(String key, List<String> values) throws Refused {
        int unset = git("config", "--global", "--unset-all", key).exit;
        if (unset != 0 && unset != NOTHING_TO_UNSET) {
            throw broken(key);
        }
        for (var value : values) {
            if (git("config", "--global", "--add", key, value).exit != 0) {
                throw broken(key);
            }
        }
    }

    private static Refused broken(String key) {
        return new Refused(
                FailureKind.OUTPUT_UNWRITABLE, "git does not read or write " + key + ".");
    }

    private static Said git(String... words) throws Refused {
        var line = new ArrayList<>(List.of("git"));
        line.addAll(List.of(words));
        try {
            var process =
                    new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            process.getOutputStream().close();
            var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Said(process.waitFor(), out);
        } catch (IOException e) {
            throw new Refused(FailureKind.FILE_UNREADABLE, "There is no git here.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(FailureKind.CANCELLED);
        }
    }
}
